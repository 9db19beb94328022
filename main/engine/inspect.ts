import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import type { Inspect } from '../../shared/library.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import type { PicturePool } from '../pictures/pool.ts';

/** How import looks at a file: hashed, decoded whole, and its thumbnail kept from the same decoding. */
export function inspectWith(pool: PicturePool, project: Project, options: { thumbnails: boolean }): Inspect {
  const thumbnails = options.thumbnails ? { thumbnailDir: join(cacheDir(project), 'thumbnails') } : {};
  return async (path, signal) => {
    const answer = await pool.inspect(path, thumbnails, signal);
    if (answer.ok) return answer.value;
    throw new TwofoldError(answer.error.code, answer.error.message);
  };
}
