/** Text as the search compares it: without case, accents and compatibility forms. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** How names of files and folders compare: in NFC, since macOS and some archives write `ä` as two characters. */
export function fileKey(name: string): string {
  return name.normalize('NFC');
}

/** How names of classes compare: in NFC, without case and outer blanks. */
export function classKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}

const DIGITS = 16;

/** A file name as text that sorts naturally: `img2` before `img10`. */
export function nameKey(name: string): string {
  return fold(name).replace(/\d+/g, (number) => number.replace(/^0+(?=\d)/, '').padStart(DIGITS, '0'));
}
