import { z } from 'zod';
import { PicturePool } from '../../../main/pictures/pool.ts';
import { options, serve } from './serve.ts';
import { SIZE } from './workload.ts';

/** Pictures a second: read, decoded and brought to the input size by the pool, on all cores, without its cache. */
const { files } = options(z.object({ files: z.array(z.string()) }));
const pool = new PicturePool();
await serve(async () => {
  const startedAt = performance.now();
  const answers = await Promise.all(
    files.map((path) => pool.prepare({ path, sha256: null }, { size: SIZE, resize: 'bilinear' })),
  );
  for (const answer of answers) if (!answer.ok) throw new Error(answer.error.message);
  return files.length / ((performance.now() - startedAt) / 1000);
});
