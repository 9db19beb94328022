import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a picture as a cell of a table gives it. */
export interface CellPath {
  /** Path on this machine, absolute or relative to the table's folder; null for an address on another machine. */
  local: string | null;
  /** Names of the folders and, last, of the file, without drive, server or bucket. */
  parts: string[];
  /** The file's name without the prefix that a labelling tool added; null if there is none. */
  original: string | null;
}

const ADDRESS = /^([a-z][a-z\d+.-]+):\/\/[^/]*\/?(.*)$/i;
const DRIVE = /^[a-z]:[\\/]/i;
/** Label Studio's addresses of local files and of uploaded ones. */
const STUDIO_LOCAL = /^\/data\/local-files\/\?d=(.*)$/;
const STUDIO_UPLOAD = /^\/data\/upload\/.*\/[\da-f]{8}-([^/]+)$/;

/**
 * Reads a path (of this or another system), a `file:`, `http:`, `gs:` or `s3:` address, or one of Label Studio's.
 * Without a slash, backslashes are separators on every system, since tables made on Windows are used elsewhere too, and
 * backslashes in file names are rare.
 */
export function cellPath(cell: string): CellPath {
  const address = ADDRESS.exec(cell);
  if (address) {
    const [, scheme, rest] = address as unknown as [string, string, string];
    const local = scheme.toLowerCase() === 'file' ? localFile(cell) : null;
    const isWeb = /^https?$/i.test(scheme);
    return { local, parts: split(decoded(isWeb ? rest.replace(/[?#].*$/, '') : rest)), original: null };
  }
  const studio = STUDIO_LOCAL.exec(cell);
  if (studio) return { local: null, parts: split(decoded(studio[1]!)), original: null };
  const isWindows = path.sep === '\\';
  if (DRIVE.test(cell)) {
    const parts = split(cell.slice(2).replaceAll('\\', '/'));
    return { local: isWindows ? cell : null, parts, original: null };
  }
  const portable = isWindows || !cell.includes('/') ? cell.replaceAll('\\', '/') : cell;
  return { local: portable, parts: split(portable), original: STUDIO_UPLOAD.exec(portable)?.[1] ?? null };
}

/** The absolute path that a cell stands for; the cell's text if it is on another machine. */
export function expectedAt({ local }: CellPath, cell: string, folder: string): string {
  return local === null ? cell : path.resolve(folder, local);
}

function split(text: string): string[] {
  return text.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a plain percent sign
  }
}

function localFile(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    return null; // on another machine
  }
}
