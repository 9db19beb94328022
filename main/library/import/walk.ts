import { isUtf8 } from 'node:buffer';
import type { Dirent, OpenDirOptions } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { sniff } from '../../pictures/sniff.ts';
import { mapAhead } from '../../support/ahead.ts';
import { CARD_FILE, FOLDERS_FILE, isExport, isInExport } from '../../files/export-marks.ts';
import { pathOf, type Place } from '../pictures/place.ts';
import { PROJECT_SUFFIX } from '../folder.ts';

/** A file below the walked folder; `directory` is a real path, without symbolic links. */
export interface FoundFile extends Place {
  /** Names of the folders between the walked folder and the file, with links not resolved. */
  under: readonly string[];
}

export interface WalkResult {
  pictures: FoundFile[];
  /** Number of files that are not pictures by name and content, by extension (lower case, with its dot). */
  notPictureKinds: Record<string, number>;
  /** Hidden files and those of the system; hidden folders count as one. */
  hidden: number;
  /** Files and folders that could not be read. */
  unreadable: { path: string; message: string }[];
  /** Skipped folders that Twofold exported, or the walked one if it is inside an export. */
  exports: string[];
}

export function nothingFound(): WalkResult {
  return { pictures: [], notPictureKinds: {}, hidden: 0, unreadable: [], exports: [] };
}

export interface WalkOptions {
  signal?: AbortSignal;
  /** Receives the number of pictures found so far. */
  onFound?: (pictures: number) => void;
  /**
   * Whether to walk folders that Twofold exported, which contain copies of a project's pictures. Default: `include`.
   */
  exports?: 'include' | 'skip';
}

/** Extensions of pictures, so that damaged or unsupported ones are reported. */
export const PICTURE_EXTENSIONS: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .dib .tif .tiff .avif .ppm .pgm .pbm .pnm .pam .heic .heif .hif .jxl .jp2 .psd .cr2 .cr3 .nef .nrw .arw .sr2 .dng .orf .rw2 .raf .pef .srw .3fr'.split(
    ' ',
  ),
);
/** Extensions of files that are never pictures and are not opened. */
const OTHER_EXTENSIONS = new Set(
  '.txt .md .csv .tsv .json .xml .yaml .yml .html .css .js .ts .py .ipynb .zip .gz .tar .7z .rar .pdf .doc .docx .xls .xlsx .mp4 .mov .avi .mp3 .wav .db .exe .svg .ini .log .url .lnk'.split(
    ' ',
  ),
);
/** Created by operating systems and servers: previews, copies and resource forks. */
const SYSTEM_NAMES = new Set(['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'Thumbs.db', 'desktop.ini']);
const SNIFFED_BYTES = 4096;
const AHEAD = 16;

/** Whether a file is a picture by its name. */
export function hasPictureEnding(name: string): boolean {
  return PICTURE_EXTENSIONS.has(extname(name).toLowerCase());
}

/**
 * All picture files below a folder, folder by folder, in alphabetical order. Hidden files, `.twofold` projects and
 * files of the system are skipped; symbolic links are followed, and each real directory is visited once.
 *
 * Ends early with what it has found when `signal` is aborted.
 *
 * @throws TwofoldError `not-found`, `bad-input` if `folder` is not a readable folder
 */
export async function walk(folder: string, options: WalkOptions = {}): Promise<WalkResult> {
  const result = nothingFound();
  const visited = new Set<string>();
  const root = await readableFolder(folder);
  if (options.exports === 'skip' && (await isInExport(root))) {
    result.exports.push(folder);
    return result;
  }
  const pending: { directory: string; under: readonly string[] }[] = [{ directory: root, under: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (options.signal?.aborted) break;
    const { directory, under } = next;
    const shown = join(folder, ...under);
    try {
      const real = await realpath(directory);
      if (visited.has(real)) continue;
      visited.add(real);
      const { files, folders } = await list(real, result, options.signal);
      const mayBeExport = files.includes(CARD_FILE) || files.includes(FOLDERS_FILE);
      if (options.exports === 'skip' && mayBeExport && (await isExport(real))) {
        result.exports.push(shown);
        continue;
      }
      for (const name of folders.reverse()) {
        pending.push({ directory: pathOf({ directory: real, name }), under: [...under, name] });
      }
      for await (const [name, isPicture] of mapAhead(
        files,
        AHEAD,
        (name) => look(real, name),
        options.signal,
      )) {
        if (isPicture) result.pictures.push({ directory: real, name, under });
        else count(result.notPictureKinds, extname(name).toLowerCase());
        if (result.pictures.length % 100 === 0) options.onFound?.(result.pictures.length);
      }
    } catch (error) {
      result.unreadable.push({ path: shown, message: `The folder could not be read: ${reason(error)}.` });
    }
  }
  return result;
}

function count(kinds: Record<string, number>, kind: string): void {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
}

/** The real path of a folder. @throws TwofoldError `not-found`, `bad-input` if it is not a readable folder */
export async function readableFolder(folder: string): Promise<string> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(folder)).isDirectory();
  } catch (error) {
    throw new TwofoldError(
      'not-found',
      `The folder ${folder} could not be opened: ${reason(error)}. Check the path and its permissions.`,
      { cause: error },
    );
  }
  if (!isFolder)
    throw new TwofoldError('bad-input', `${folder} is a file; a folder of pictures was expected.`);
  return realpath(folder);
}

async function list(
  directory: string,
  result: WalkResult,
  signal: AbortSignal | undefined,
): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  let run: string[] = [];
  // Sorted in pieces as they arrive: sorting 100,000 names at once would block other work for too long.
  const endRun = (): void => {
    for (const name of run.sort()) files.push(name);
    run = [];
  };
  for await (const entry of await openBytes(directory)) {
    if (signal?.aborted) break;
    const isText = isUtf8(entry.name);
    const name = isText ? entry.name.toString() : writtenOut(entry.name);
    const kind = isText ? await kindOf(directory, name, entry) : kindOfUnreadable(name, entry);
    if (kind === 'skip') continue;
    if (kind === 'hidden') result.hidden++;
    else if (kind === 'folder') folders.push(name);
    else if (kind === 'file') run.push(name);
    else result.unreadable.push({ path: pathOf({ directory, name }), message: kind.message });
    if (run.length === 512) endRun();
  }
  endRun();
  return { files: files.sort(), folders: folders.sort() };
}

/** Reads names as bytes: decoded as text, a name that is not UTF-8 would not match any file. */
function openBytes(directory: string): Promise<AsyncIterable<Dirent<Buffer>>> {
  // Node's types have this encoding for `readdir` only.
  const options = { bufferSize: 512, encoding: 'buffer' } as unknown as OpenDirOptions;
  return opendir(directory, options) as unknown as Promise<AsyncIterable<Dirent<Buffer>>>;
}

/** A name with its bytes outside ASCII as `\\xe4`. */
function writtenOut(name: Buffer): string {
  return name
    .toString('latin1')
    .replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

type Kind = 'file' | 'folder' | 'hidden' | 'skip' | { message: string };

/** @param name of a file or folder whose name is not UTF-8, written out */
function kindOfUnreadable(name: string, entry: Dirent<Buffer>): Kind {
  if (name.startsWith('.')) return 'hidden';
  if (entry.isDirectory()) {
    return {
      message: 'The name of the folder is not UTF-8, so nothing in it was imported. Rename the folder.',
    };
  }
  // Counted by its extension, and never opened.
  if (OTHER_EXTENSIONS.has(extname(name).toLowerCase())) return 'file';
  return { message: "The name of the file is not UTF-8, so its path can't be stored. Rename the file." };
}

async function kindOf(directory: string, name: string, entry: Dirent<Buffer>): Promise<Kind> {
  if (name.startsWith('.') || SYSTEM_NAMES.has(name)) return 'hidden';
  const isFolder = (): 'folder' | 'skip' => (name.endsWith(PROJECT_SUFFIX) ? 'skip' : 'folder');
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return isFolder();
  const couldBePicture = hasPictureEnding(name);
  if (!entry.isSymbolicLink()) {
    return couldBePicture ? { message: 'It is a device or a pipe, not a file.' } : 'skip';
  }
  try {
    const target = await stat(pathOf({ directory, name }));
    if (target.isDirectory()) return isFolder();
    return target.isFile() ? 'file' : 'skip';
  } catch (error) {
    return { message: `It is a broken symbolic link: ${reason(error)}.` };
  }
}

async function look(directory: string, name: string): Promise<[name: string, isPicture: boolean]> {
  const extension = extname(name).toLowerCase();
  if (PICTURE_EXTENSIONS.has(extension)) return [name, true];
  if (OTHER_EXTENSIONS.has(extension)) return [name, false];
  return [name, await looksLikePicture(pathOf({ directory, name }))];
}

/** Whether a file is a picture by its content. */
export async function looksLikePicture(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
      return sniff(buffer.subarray(0, bytesRead)).kind === 'picture';
    } finally {
      await handle.close();
    }
  } catch {
    return false; // neither named as a picture nor readable
  }
}

/** A system error as the end of a sentence. */
export function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is nothing at this path';
    case 'EACCES':
    case 'EPERM':
      return 'its permissions do not allow it';
    case 'ELOOP':
      return 'its symbolic links form a loop';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
