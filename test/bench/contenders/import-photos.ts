import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PicturePool } from '../../../main/pictures/pool.ts';
import { options, serve } from './serve.ts';
import { SIZE } from './workload.ts';

/**
 * Milliseconds a picture of what import does with a file, on all cores: read, hash, check, decode and store its
 * thumbnail and prepared pixels.
 */
const { files, stored } = options(z.object({ files: z.array(z.string()), stored: z.boolean() }));
const pool = new PicturePool();
/** Removed at the end: ext4 does not use an inode again for some seconds, and searches longer for one meanwhile. */
const caches = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
process.once('exit', () => rmSync(caches, { recursive: true, force: true }));
await serve(async () => {
  const cache = await mkdtemp(join(caches, 'cache-'));
  const wanted = {
    measure: true,
    ...(stored && {
      thumbnailDir: join(cache, 'thumbnails'),
      pixels: { size: SIZE, resize: 'bilinear' as const, cacheDir: join(cache, 'pixels') },
    }),
  };
  const startedAt = performance.now();
  const answers = await Promise.all(files.map((path) => pool.inspect(path, wanted)));
  const durationMs = performance.now() - startedAt;
  for (const answer of answers) if (!answer.ok) throw new Error(answer.error.message);
  return durationMs / files.length;
});
