import { createReadStream, createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, normalize, isAbsolute } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { TwofoldError } from '../../shared/errors.ts';

/** Says under which relative path an entry is written; undefined or empty leaves it out. */
export type Place = (path: string) => string | undefined;

/** Unpacks a tar file, plain, gzip- or brotli-compressed (`.br`), into `folder`. */
export async function unpackTar(archive: string, folder: string, place: Place): Promise<void> {
  const { Unpack } = await import('tar');
  mkdirSync(folder, { recursive: true });
  const unpack = new Unpack({
    cwd: folder,
    strict: true,
    // Called before the path is used, so changing it here moves the entry.
    filter: (path, entry) => {
      const target = place(path.replace(/^\.\//, ''));
      if (target === undefined || target === '') return false;
      if ('path' in entry) entry.path = target;
      return true;
    },
  });
  const source = createReadStream(archive, { highWaterMark: 1 << 20 });
  if (archive.endsWith('.br')) await pipeline(source, createBrotliDecompress(), unpack);
  else await pipeline(source, unpack);
}

/** Unpacks a zip file into `folder`, with Unix permissions and symbolic links. */
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
        await writeEntry(zip, entry, inside(folder, target));
      }
      onEntry(++done, zip.entryCount);
    }
  } finally {
    zip.close();
  }
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string): Promise<void> {
  const mode = (entry.externalFileAttributes >>> 16) & 0xffff;
  mkdirSync(dirname(path), { recursive: true });
  const source = await zip.openReadStreamPromise(entry);
  if ((mode & 0o170000) === 0o120000) {
    const chunks: Buffer[] = [];
    for await (const chunk of source) chunks.push(chunk as Buffer);
    symlinkSync(Buffer.concat(chunks).toString('utf8'), path);
    return;
  }
  await pipeline(source, createWriteStream(path, { mode: mode & 0o777 || 0o644 }));
}

function inside(folder: string, path: string): string {
  const clean = normalize(path);
  if (isAbsolute(clean) || clean.startsWith('..')) {
    throw new TwofoldError('corrupt', `An archive holds the path ${path}, which leads out of its folder.`);
  }
  return join(folder, clean);
}
