import { createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type { Entry, ZipFile } from 'yauzl';
import { TwofoldError } from '../../shared/errors.ts';

/**
 * Unpacks a tar file, compressed or not, into `folder`.
 *
 * @param strip how many leading folders of each path to drop
 * @param isWanted by the path in the archive
 * @throws TwofoldError `corrupt` for a damaged archive, and for a path or link that leads out of the folder
 */
export async function unpackTar(
  archive: string,
  folder: string,
  strip = 0,
  isWanted: (path: string) => boolean = () => true,
): Promise<void> {
  const { extract } = await import('tar');
  mkdirSync(folder, { recursive: true });
  try {
    await extract({ file: archive, cwd: folder, strip, filter: isWanted, strict: true });
  } catch (cause) {
    throw new TwofoldError('corrupt', `${archive} is damaged or unsafe: ${String(cause)}`, { cause });
  }
}

/**
 * Unpacks a zip file into `folder`, with Unix permissions and symbolic links.
 *
 * @param place maps the path in the archive to the relative path to write; undefined skips the entry
 * @throws TwofoldError `corrupt` for a path or link that leads out of the folder; yauzl's errors for a damaged archive
 */
export async function unpackZip(
  archive: string,
  folder: string,
  place: (path: string) => string | undefined,
  onEntry: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { autoClose: false });
  try {
    let done = 0;
    for await (const entry of zip.eachEntry()) {
      const target = place(entry.fileName);
      if (target !== undefined && !entry.fileName.endsWith('/')) await writeEntry(zip, entry, folder, target);
      onEntry(++done, zip.entryCount);
    }
  } finally {
    zip.close();
  }
}

async function writeEntry(zip: ZipFile, entry: Entry, folder: string, target: string): Promise<void> {
  const path = join(folder, target);
  requireInside(folder, path);
  mkdirSync(dirname(path), { recursive: true });
  const mode = (entry.externalFileAttributes >>> 16) & 0xffff;
  const source = await zip.openReadStreamPromise(entry);
  if ((mode & 0o170000) !== 0o120000) {
    await pipeline(source, createWriteStream(path, { mode: mode & 0o777 || 0o644 }));
    return;
  }
  const link = await text(source);
  // Otherwise, later entries could be written outside the folder through the link.
  requireInside(folder, resolve(dirname(path), link));
  symlinkSync(link, path);
}

function requireInside(folder: string, path: string): void {
  const place = relative(folder, path);
  if (isAbsolute(place) || place.split(sep)[0] === '..')
    throw new TwofoldError('corrupt', `The archive contains a path that leads out of its folder: ${place}`);
}
