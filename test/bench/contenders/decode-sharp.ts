import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type sharpModule from 'sharp';
import { z } from 'zod';
import { options, serve } from './serve.ts';
import { SIZE } from './workload.ts';

/**
 * Pictures a second with sharp on its native build, as one would write it: one call from file to pixels of the input
 * size, as many at once as there are cores. `whole` keeps it from decoding a JPEG at a fraction of its size.
 */
const { files, whole } = options(z.object({ files: z.array(z.string()), whole: z.boolean() }));
const sharp = createRequire(import.meta.url)('sharp') as typeof sharpModule;
sharp.cache(false);
sharp.concurrency(1);

const decode = (path: string): Promise<Buffer> =>
  sharp(path).autoOrient().resize(SIZE, SIZE, { fit: 'fill' }).raw().toBuffer();

async function decodeWhole(path: string): Promise<Buffer> {
  const { data, info } = await sharp(path).autoOrient().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } })
    .resize(SIZE, SIZE, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
}

await serve(async () => {
  const startedAt = performance.now();
  const queue = files.values();
  const worker = async (): Promise<void> => {
    for (const path of queue) await (whole ? decodeWhole(path) : decode(path));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return files.length / ((performance.now() - startedAt) / 1000);
});
