import { TwofoldError } from '../../shared/errors.ts';
import type { Inspect } from '../../shared/library/pictures.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { getSettings } from '../library/settings.ts';
import type { PicturePool } from '../pictures/pool.ts';
import { thumbnailsIn } from '../pictures/cache-folders.ts';

/** Inspects a file for import: decodes it once for its hash, measures and thumbnail. */
export function inspectWith(pool: PicturePool, project: Project, options: { thumbnails: boolean }): Inspect {
  const { bits16 } = getSettings(project.db).recipe;
  const wanted = {
    bits16,
    measure: true,
    ...(options.thumbnails && { thumbnailDir: thumbnailsIn(cacheDir(project)) }),
  };
  return async (path, signal) => {
    const answer = await pool.inspect(path, wanted, signal);
    if (answer.ok) return answer.value;
    throw new TwofoldError(answer.error.code, answer.error.message);
  };
}
