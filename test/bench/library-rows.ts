import { randomBytes } from 'node:crypto';
import type { Project } from '../../main/library/project.ts';
import { run, transaction } from '../../main/library/database/sql.ts';
import { fold, nameKey } from '../../main/library/pictures/names.ts';
import { directoryId } from '../../main/library/pictures/directories.ts';

/** Fills a library with rows of pictures whose files do not exist: for measuring what only reads the database. */
export function fillLibrary(project: Project, count: number, folder = '/pictures'): void {
  const { db } = project;
  for (let start = 0; start < count; start += 5000) {
    transaction(db, () => {
      for (let index = start; index < Math.min(count, start + 5000); index++) {
        const name = `IMG_${index}.jpg`;
        run(
          db,
          `INSERT INTO stored_pictures (directory_id, name, folded, name_key, sha256, size_bytes, mtime_ms, width_px, height_px,
             format, added_at_ms)
           VALUES (:directory, :name, :folded, :nameKey, :sha256, 123456, 1700000000000, 500, 375, 'jpeg', :now)`,
          {
            directory: directoryId(db, project.folder, `${folder}/${index % 20}`),
            name,
            folded: fold(`IMG_${index}`),
            nameKey: nameKey(name),
            sha256: randomBytes(32).toString('hex'),
            now: Date.now(),
          },
        );
      }
    });
  }
}
