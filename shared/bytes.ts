const UNITS = ['', 'k', 'm', 'g', 't'] as const;

/**
 * Parses a size: `5GB`, `500 MB`, `1.5 TB`, `4 GiB` or a number of bytes. 1 kB = 1,000 bytes, as in
 * `formatBytes`; 1 KiB = 1,024.
 *
 * @returns whole bytes; null if it is not a size
 */
export function parseBytes(text: string): number | null {
  const [, digits, prefix = '', binary] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*$/i.exec(text) ?? [];
  if (digits === undefined || (binary && prefix === '')) return null;
  const power = UNITS.indexOf(prefix.toLowerCase() as (typeof UNITS)[number]);
  return Math.round(Number(digits) * (binary ? 1024 : 1000) ** power);
}
