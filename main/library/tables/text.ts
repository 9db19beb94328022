import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { TwofoldError } from '../../../shared/errors.ts';
import { reason } from '../import/walk.ts';

export type Encoding = 'UTF-8' | 'UTF-16' | 'Windows-1252';

export interface TableText {
  encoding: Encoding;
  /** The text from its start, without byte order mark, in pieces of a few milliseconds each. */
  pieces: () => Generator<string>;
}

/** A table of a million rows is smaller. */
const MOST_BYTES = 200 * 1024 * 1024;
const PIECE_BYTES = 16 * 1024;
const MARKS = { utf8: [0xef, 0xbb, 0xbf], utf16le: [0xff, 0xfe], utf16be: [0xfe, 0xff] };
/** First bytes of spreadsheets: `PK` of .xlsx, .ods and .numbers, the compound file of .xls. */
const SPREADSHEETS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];
const SPREADSHEET_NAME = /\.(xlsx|xlsm|xlsb|xls|ods|numbers)$/i;
/** Windows-1252 from 0x80 to 0x9f, with a space for undefined bytes; some versions of Node decode these as Latin-1. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** Whether a file's name is that of a table: text, or a spreadsheet, which is refused later. */
export function isTableName(file: string): boolean {
  return /\.(csv|tsv|tab|txt)$/i.test(file) || SPREADSHEET_NAME.test(file);
}

/**
 * Reads a text file in UTF-8 with or without byte order mark, UTF-16 with one, or else Windows-1252. Invalid bytes are
 * refused, never replaced.
 *
 * @throws TwofoldError `not-found`; `unsupported` for a spreadsheet; `bad-input` for anything but text. Damaged UTF-16
 *   makes `pieces` throw `bad-input`
 */
export async function readText(file: string): Promise<TableText> {
  const bytes = await readBytes(file);
  if (SPREADSHEETS.some((start) => beginsWith(bytes, start)) || SPREADSHEET_NAME.test(file)) {
    throw new TwofoldError(
      'unsupported',
      `${path.basename(file)} is a spreadsheet; a text table such as CSV was expected. In the spreadsheet program choose "Save as" or "Download", select "CSV UTF-8", and import that file.`,
    );
  }
  if (beginsWith(bytes, MARKS.utf16le)) return utf16(bytes.subarray(2), file);
  if (beginsWith(bytes, MARKS.utf16be)) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return utf16(bytes.length % 2 === 0 ? even.swap16() : bytes.subarray(2), file);
  }
  if (bytes.includes(0)) {
    throw notText(
      file,
      'It contains zero bytes, as pictures, programs and UTF-16 without a byte order mark do',
    );
  }
  const marked = beginsWith(bytes, MARKS.utf8);
  const text = marked ? bytes.subarray(3) : bytes;
  if (isUtf8(text)) {
    return { encoding: 'UTF-8', pieces: () => decode(text, new StringDecoder('utf8')) };
  }
  if (marked || isMostlyUtf8(text)) {
    throw notText(file, `It is UTF-8, but line ${badLine(text)} has invalid bytes`);
  }
  if (/[\x81\x8d\x8f\x90\x9d]/.test(text.toString('latin1'))) {
    throw notText(file, 'It is neither UTF-8 nor Windows-1252');
  }
  return {
    encoding: 'Windows-1252',
    pieces: function* () {
      for (const piece of decode(text, new StringDecoder('latin1'))) {
        yield piece.replace(/[\x80-\x9f]/g, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80]!);
      }
    },
  };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size <= MOST_BYTES) return await readFile(file);
  } catch (error) {
    throw new TwofoldError(
      'not-found',
      `The table ${file} could not be opened (${reason(error)}). Check the path.`,
      { cause: error },
    );
  }
  throw new TwofoldError(
    'bad-input',
    `${file} is larger than 200 MB, the largest table that can be read. Check that it is the right file, or split it.`,
  );
}

function beginsWith(bytes: Buffer, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function notText(file: string, why: string): TwofoldError {
  return new TwofoldError(
    'bad-input',
    `${path.basename(file)} can't be read as text. ${why}. Save it again as "CSV UTF-8" and import that file.`,
  );
}

function* decode(bytes: Buffer, decoder: StringDecoder): Generator<string> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield decoder.write(bytes.subarray(start, start + PIECE_BYTES));
  }
  yield decoder.end();
}

function utf16(bytes: Buffer, file: string): TableText {
  const damaged = (): TwofoldError => notText(file, 'It is marked as UTF-16 but has invalid characters');
  if (bytes.length % 2 !== 0) throw damaged();
  return {
    encoding: 'UTF-16',
    pieces: function* () {
      for (const piece of decode(bytes, new StringDecoder('utf16le'))) {
        if (/\p{Surrogate}|\0/u.test(piece)) throw damaged();
        yield piece;
      }
    },
  };
}

/** Whether most bytes outside ASCII form UTF-8 characters: then the text is damaged UTF-8. */
function isMostlyUtf8(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const characters = text.match(
    /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g,
  );
  const inCharacters = characters?.reduce((sum, each) => sum + each.length, 0) ?? 0;
  const foreign = text.match(/[\x80-\xff]/g)?.length ?? 0;
  return inCharacters > foreign - inCharacters;
}

/** Number of the first line with invalid UTF-8, from 1. */
function badLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, next))) break;
    start = next;
  }
  return line;
}
