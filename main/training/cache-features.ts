import type { FeatureSource, SourcePicture } from './feature-source.ts';
import type { JobContext } from './job-context.ts';
import { batches } from './order.ts';
import { stageProgress } from './stage-progress.ts';

/**
 * Caches the features of pictures, as the stage "features" of a job.
 *
 * @param size pictures in a batch
 * @returns the pictures that can be read
 */
export async function cacheFeatures<P extends SourcePicture>(
  source: FeatureSource,
  pictures: readonly P[],
  size: number,
  { control, emit }: JobContext,
): Promise<P[]> {
  const meter = stageProgress('features', pictures.length, emit);
  const readable: P[] = [];
  for await (const batch of source.batches(batches(pictures, size), { cached: true })) {
    readable.push(...batch.pictures);
    meter.update(readable.length);
    await control.turn();
  }
  meter.update(pictures.length);
  return readable;
}
