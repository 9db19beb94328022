import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryId } from '../../main/library/pictures/directories.ts';
import { cacheDir, type Project } from '../../main/library/folder.ts';
import { fold, nameKey } from '../../main/library/pictures/names.ts';
import { closeProject, createProject } from '../../main/library/project.ts';
import { run, transaction } from '../../main/library/database/sql.ts';
import { BlobCache } from '../../main/pictures/cache.ts';
import { thumbnailKey } from '../../main/pictures/thumbnail-key.ts';
import { makeThumbnail } from '../../main/pictures/thumbnail.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { AppUnderTest } from '../kit/window/harness.ts';
import { openWindow } from './open-window.ts';
import { generatedPictures, SMALL } from './pictures.ts';

export const PICTURES = 100_000;
/** Contents that all pictures share in turn: enough that none is on the screen twice. */
const CONTENTS = 300;
const WINDOW: [number, number] = [1280, 800];

/** Runs with the real window open on a project of 100,000 pictures, see `withLargeProject`. */
export function withLargeLibrary<T>(progress: Progress, work: (app: AppUnderTest) => Promise<T>): Promise<T> {
  return withLargeProject(progress, async (home, folder) => {
    const app = await openWindow({ home, args: [folder], size: WINDOW }, progress);
    try {
      await app.page.getByRole('listbox').getByRole('option').first().waitFor();
      await app.settle();
      return await work(app);
    } finally {
      await app.close();
    }
  });
}

/**
 * Runs with a project of 100,000 pictures: rows written by SQL, with thumbnails of a few hundred contents in the cache. The
 * files themselves are not there; nothing that is measured reads them.
 *
 * @param work given the folder of the app's data, and the project's in it
 */
export async function withLargeProject<T>(
  progress: Progress,
  work: (home: string, folder: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
  try {
    const folder = join(home, 'documents', 'large.twofold');
    const contents = await readContents(progress);
    progress.stage(`Making a library of ${PICTURES.toLocaleString('en')} pictures`);
    const project = createProject(folder, { classes: ['one', 'other'] });
    await fill(project, contents, progress);
    closeProject(project);
    return await work(home, folder);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function readContents(progress: Progress): Promise<Uint8Array[]> {
  const folder = await generatedPictures({ ...SMALL, counts: { train: CONTENTS, validation: 0 } }, progress);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jpg')).sort();
  progress.stage('Making thumbnails');
  const thumbnails: Uint8Array[] = [];
  for (const name of names) {
    thumbnails.push(await makeThumbnail(await readFile(join(folder, name))));
    progress.update(thumbnails.length, names.length, 'items');
  }
  return thumbnails;
}

async function fill(project: Project, thumbnails: readonly Uint8Array[], progress: Progress): Promise<void> {
  const cache = new BlobCache(join(cacheDir(project), 'thumbnails'));
  const hashes = thumbnails.map((_, index) => index.toString(16).padStart(64, '0'));
  hashes.forEach((sha256, index) => cache.put(thumbnailKey(sha256), thumbnails[index]!));
  const { db } = project;
  for (let start = 0; start < PICTURES; start += 5000) {
    transaction(db, () => {
      for (let index = start; index < start + 5000; index++) {
        const name = `IMG_${String(index).padStart(6, '0')}.jpg`;
        run(
          db,
          `INSERT INTO stored_pictures (directory_id, name, folded, name_key, sha256, size_bytes, mtime_ms, width_px, height_px,
             format, added_at_ms)
           VALUES (:directory, :name, :folded, :nameKey, :sha256, 33000, 1700000000000, 500, 375, 'jpeg', 1700000000000)`,
          {
            directory: directoryId(db, project.folder, `/pictures/${index % 20}`),
            name,
            folded: fold(name.replace('.jpg', '')),
            nameKey: nameKey(name),
            sha256: hashes[index % hashes.length]!,
          },
        );
      }
    });
    progress.update(start + 5000, PICTURES, 'items');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
