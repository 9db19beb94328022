import { createReadStream, createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { TwofoldError } from '../../shared/errors.ts';

/** Says under which relative path an entry is written; undefined or empty leaves it out. */
export type Place = (path: string) => string | undefined;

/**
 * Unpacks a tar file, plain, gzip- or brotli-compressed (`.br`), into `folder`.
 *
 * @throws TwofoldError `corrupt` for a path or link that leads out of the folder; what tar says for a broken archive
 */
export async function unpackTar(archive: string, folder: string, place: Place): Promise<void> {
  const { Unpack } = await import('tar');
  mkdirSync(folder, { recursive: true });
  let refused: unknown;
  const unpack = new Unpack({
    cwd: folder,
    strict: true,
    // Called before the path is used, so changing it here moves the entry. What it throws would end the process: tar calls
    // it from its own events.
    filter: (path, entry) => {
      const target = place(path.replace(/^\.\//, ''));
      if (target === undefined || target === '' || !('path' in entry)) return false;
      try {
        const absolute = inside(folder, target);
        if (entry.type === 'SymbolicLink') insideLink(folder, absolute, entry.linkpath ?? '');
        else if (entry.type === 'Link') inside(folder, entry.linkpath ?? '');
      } catch (error) {
        refused ??= error;
        return false;
      }
      entry.path = target;
      return true;
    },
  });
  const source = createReadStream(archive, { highWaterMark: 1 << 20 });
  if (archive.endsWith('.br')) await pipeline(source, createBrotliDecompress(), unpack);
  else await pipeline(source, unpack);
  if (refused !== undefined) throw refused as Error;
}

/**
 * Unpacks a zip file into `folder`, with Unix permissions and symbolic links.
 *
 * @throws TwofoldError `corrupt` for a path or link that leads out of the folder; what yauzl says for a broken archive
 */
export async function unpackZip(
  archive: string,
  folder: string,
  place: Place,
  onEntry: (done: number, total: number) => void,
): Promise<void> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { autoClose: false });
  try {
    let done = 0;
    for await (const entry of zip.eachEntry()) {
      const target = place(entry.fileName);
      if (target !== undefined && !entry.fileName.endsWith('/')) {
        await writeEntry(zip, entry, folder, inside(folder, target));
      }
      onEntry(++done, zip.entryCount);
    }
  } finally {
    zip.close();
  }
}

async function writeEntry(zip: ZipFile, entry: Entry, folder: string, path: string): Promise<void> {
  const mode = (entry.externalFileAttributes >>> 16) & 0xffff;
  mkdirSync(dirname(path), { recursive: true });
  const source = await zip.openReadStreamPromise(entry);
  if ((mode & 0o170000) === 0o120000) {
    const chunks: Buffer[] = [];
    for await (const chunk of source) chunks.push(chunk as Buffer);
    const target = Buffer.concat(chunks).toString('utf8');
    insideLink(folder, path, target);
    symlinkSync(target, path);
    return;
  }
  await pipeline(source, createWriteStream(path, { mode: mode & 0o777 || 0o644 }));
}

/** Where `path` of an archive lies under `folder`; refuses one that leads out of it. */
function inside(folder: string, path: string): string {
  const place = relative(folder, resolve(folder, path));
  if (isAbsolute(path) || isAbsolute(place) || place.split(sep)[0] === '..') {
    throw new TwofoldError('corrupt', `The archive holds the path ${path}, which leads out of its folder.`);
  }
  return join(folder, place);
}

/** Refuses a symbolic link that leads out of `folder`: what is written through it later would land there. */
function insideLink(folder: string, link: string, target: string): void {
  if (isAbsolute(target)) inside(folder, target);
  inside(folder, relative(folder, resolve(dirname(link), target)));
}
