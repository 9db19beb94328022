/** Text as the search compares it: case, accents and compatibility forms removed. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Key for comparing names of files and folders: NFC, since macOS and some archives write `ä` as two characters. */
export function fileKey(name: string): string {
  return name.normalize('NFC');
}

/** Key for comparing class names: NFC, without case and surrounding spaces. */
export function classKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}

const DIGITS = 16;

/** Key for sorting file names naturally: `img2` before `img10`. */
export function nameKey(name: string): string {
  return fold(name).replace(/\d+/g, (number) => number.replace(/^0+(?=\d)/, '').padStart(DIGITS, '0'));
}
