import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * What a file must hash to: an algorithm and a digest in base64, written as npm does (`sha512-…`), which is the form of
 * Subresource Integrity.
 */
export type Integrity = `${'sha256' | 'sha512' | 'md5'}-${string}`;

/** Writes a digest that is known in hexadecimal as an Integrity. */
export const fromHex = (algorithm: 'sha256', hex: string): Integrity =>
  `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;

/** Hashes a file as `expected` is hashed. */
export async function hashFile(path: string, expected: Integrity): Promise<Integrity> {
  const algorithm = expected.slice(0, expected.indexOf('-')) as 'sha256';
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return `${algorithm}-${hash.digest('base64')}`;
}
