import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a picture is, as a cell of a table says. */
export interface Place {
  /** Path on this machine, absolute or from the table's folder; null where the cell tells a place elsewhere. */
  local: string | null;
  /** Names of the folders and, last, of the file; without drive, server and bucket. */
  parts: string[];
  /** What the file was called before a labelling tool put a prefix before its name. */
  original: string | null;
}

const ADDRESS = /^([a-z][a-z\d+.-]+):\/\/[^/]*\/?(.*)$/i;
const DRIVE = /^[a-z]:[\\/]/i;
/** Label Studio's own addresses: of a file in a folder it may read, and of one that was uploaded. */
const STUDIO_LOCAL = /^\/data\/local-files\/\?d=(.*)$/;
const STUDIO_UPLOAD = /^\/data\/upload\/.*\/[\da-f]{8}-([^/]+)$/;

/**
 * Reads a path (of this or another system), a `file:`, `http:`, `gs:` or `s3:` address, or one of Label Studio's.
 * Tables made on Windows are used elsewhere too, so backslashes divide where there is no slash; a backslash in a name is
 * rarer than that.
 */
export function placeOf(cell: string): Place {
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

/** The absolute path of a place, counted from the table's folder; as the cell has it where it is elsewhere. */
export function expectedAt({ local }: Place, cell: string, folder: string): string {
  return local === null ? cell : path.resolve(folder, local);
}

function split(place: string): string[] {
  return place.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign of its own
  }
}

function localFile(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    return null; // on another machine
  }
}
