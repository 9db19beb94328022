import { TwofoldError } from '../../shared/errors.ts';
import type { Inspect } from '../../shared/library/pictures.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { getSettings } from '../library/settings.ts';
import type { PicturePool } from '../pictures/pool.ts';
import { pixelsIn, thumbnailsIn } from '../pictures/cache-folders.ts';

/**
 * Inspects a file for import: decodes it once for its hash, measures, thumbnail and the prepared pixels of the
 * project's recipe, so that neither indexing nor the first epoch of training decodes it again.
 */
export function inspectWith(pool: PicturePool, project: Project, options: { thumbnails: boolean }): Inspect {
  const { bits16, size, resize } = getSettings(project.db).recipe;
  const cache = cacheDir(project);
  const wanted = {
    bits16,
    measure: true,
    pixels: { size, resize, cacheDir: pixelsIn(cache) },
    ...(options.thumbnails && { thumbnailDir: thumbnailsIn(cache) }),
  };
  return async (path, signal) => {
    const answer = await pool.inspect(path, wanted, signal);
    if (answer.ok) return answer.value;
    throw new TwofoldError(answer.error.code, answer.error.message);
  };
}
