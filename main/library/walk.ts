import { open, opendir, realpath, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Dirent } from 'node:fs';
import { TwofoldError } from '../../shared/errors.ts';
import { sniff } from '../pictures/sniff.ts';
import { mapAhead } from '../../shared/ahead.ts';
import { joinPath } from './directories.ts';
import { PROJECT_SUFFIX } from './folder.ts';

/** A file below the folder that was walked. */
export interface FoundFile {
  /** Real path of its directory: no symbolic links. */
  directory: string;
  name: string;
  /** Names of the folders between the walked folder and the file, as a person sees them. */
  under: readonly string[];
}

export interface WalkResult {
  pictures: FoundFile[];
  /** Files that are no pictures by name and content. */
  notPictures: number;
  /** What could not be looked into. */
  unreadable: { path: string; message: string }[];
}

/** Taken for pictures by name, so that a damaged or unsupported one is reported and not passed over. */
const PICTURE_EXTENSIONS = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .dib .tif .tiff .avif .ppm .pgm .pbm .pnm .pam .heic .heif .jxl .jp2 .psd .cr2 .cr3 .nef .arw .dng .orf .rw2 .raf'.split(
    ' ',
  ),
);
/** Never pictures: not even opened. */
const OTHER_EXTENSIONS = new Set(
  '.txt .md .csv .tsv .json .xml .yaml .yml .html .css .js .ts .py .ipynb .zip .gz .tar .7z .rar .pdf .doc .docx .xls .xlsx .mp4 .mov .avi .mp3 .wav .db .exe .svg .ini .log .url .lnk'.split(
    ' ',
  ),
);
/** Made by other systems beside the pictures: previews, copies and forks of them. */
const SKIPPED_NAMES = new Set(['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'Thumbs.db', 'desktop.ini']);
const SNIFFED_BYTES = 4096;
const AHEAD = 16;

/** Whether a file is taken for a picture by its name. */
export function hasPictureEnding(name: string): boolean {
  return PICTURE_EXTENSIONS.has(extname(name).toLowerCase());
}

/**
 * All picture files below a folder, in alphabetical order, folder by folder. Hidden files, `.twofold` projects and other
 * systems' housekeeping are skipped; symbolic links are followed, each real directory being visited once.
 *
 * Ends early, with what it has found, when `signal` is aborted.
 *
 * @param options.onFound told now and then how many pictures there are so far
 * @throws TwofoldError `not-found`, `bad-input` when `folder` is no folder that can be read
 */
export async function walk(
  folder: string,
  options: { signal?: AbortSignal; onFound?: (pictures: number) => void } = {},
): Promise<WalkResult> {
  const result: WalkResult = { pictures: [], notPictures: 0, unreadable: [] };
  const visited = new Set<string>();
  const root = await readableFolder(folder);
  const pending: { directory: string; under: readonly string[] }[] = [{ directory: root, under: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (options.signal?.aborted) break;
    const { directory, under } = next;
    const shown = joinPath(folder, under.join('/'));
    try {
      const real = await realpath(directory);
      if (visited.has(real)) continue;
      visited.add(real);
      const { files, folders } = await list(real, result.unreadable, options.signal);
      for (const name of folders.reverse()) {
        pending.push({ directory: joinPath(real, name), under: [...under, name] });
      }
      for await (const [name, isPicture] of mapAhead(
        files,
        AHEAD,
        (name) => look(real, name),
        options.signal,
      )) {
        if (isPicture) result.pictures.push({ directory: real, name, under });
        else result.notPictures++;
        if (result.pictures.length % 100 === 0) options.onFound?.(result.pictures.length);
      }
    } catch (error) {
      result.unreadable.push({ path: shown, message: `The folder could not be read (${reason(error)}).` });
    }
  }
  return result;
}

/** The real path of a folder that a person named. */
export async function readableFolder(folder: string): Promise<string> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(folder)).isDirectory();
  } catch (error) {
    throw new TwofoldError(
      'not-found',
      `The folder ${folder} could not be opened (${reason(error)}). Check the path and its permissions.`,
      { cause: error },
    );
  }
  if (!isFolder)
    throw new TwofoldError('bad-input', `${folder} is a file; a folder of pictures was expected.`);
  return realpath(folder);
}

async function list(
  directory: string,
  unreadable: WalkResult['unreadable'],
  signal: AbortSignal | undefined,
): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  let run: string[] = [];
  // In pieces, and each sorted at once: sorting 100,000 names in one go would stop everything else for too long.
  const endRun = (): void => {
    for (const name of run.sort()) files.push(name);
    run = [];
  };
  for await (const entry of await opendir(directory, { bufferSize: 512 })) {
    if (signal?.aborted) break;
    const kind = await kindOf(directory, entry);
    if (kind === 'skip') continue;
    if (kind === 'folder') folders.push(entry.name);
    else if (kind === 'file') run.push(entry.name);
    else unreadable.push({ path: joinPath(directory, entry.name), message: kind.message });
    if (run.length === 512) endRun();
  }
  endRun();
  return { files: files.sort(), folders: folders.sort() };
}

async function kindOf(
  directory: string,
  entry: Dirent,
): Promise<'file' | 'folder' | 'skip' | { message: string }> {
  const { name } = entry;
  if (name.startsWith('.') || SKIPPED_NAMES.has(name)) return 'skip';
  const isFolder = (): 'folder' | 'skip' => (name.endsWith(PROJECT_SUFFIX) ? 'skip' : 'folder');
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return isFolder();
  const couldBePicture = hasPictureEnding(name);
  if (!entry.isSymbolicLink()) {
    return couldBePicture ? { message: 'It is a device or a pipe, not a file.' } : 'skip';
  }
  try {
    const target = await stat(joinPath(directory, name));
    if (target.isDirectory()) return isFolder();
    return target.isFile() ? 'file' : 'skip';
  } catch (error) {
    return { message: `It is a symbolic link that leads nowhere (${reason(error)}).` };
  }
}

async function look(directory: string, name: string): Promise<[name: string, isPicture: boolean]> {
  const extension = extname(name).toLowerCase();
  if (PICTURE_EXTENSIONS.has(extension)) return [name, true];
  if (OTHER_EXTENSIONS.has(extension)) return [name, false];
  return [name, await looksLikePicture(joinPath(directory, name))];
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
    return false; // not named as a picture and not readable: nothing we can say about it
  }
}

/** A system error in a few words. */
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
      return 'it leads in a circle';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
