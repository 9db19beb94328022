/** Text as the search compares it: without case, accents and compatibility forms. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

const DIGITS = 16;

/** A file name as text that sorts naturally: `img2` before `img10`. */
export function nameKey(name: string): string {
  return fold(name).replace(/\d+/g, (number) => number.replace(/^0+(?=\d)/, '').padStart(DIGITS, '0'));
}
