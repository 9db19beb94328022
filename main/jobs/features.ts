import { TwofoldError } from '../../shared/errors.ts';
import type { FeaturesJob, FeaturesResult } from '../../shared/jobs/features.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { FeatureSource, type SourcePicture } from '../training/feature-source.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { writeNpy } from '../files/npy.ts';
import { batches } from '../training/order.ts';
import { stageProgress } from '../training/stage-progress.ts';

const BATCH = 20;

/** Writes the features of picture files as a NumPy array, one row for each readable picture, in the order given. */
export async function runFeaturesJob(
  job: FeaturesJob,
  { control, emit }: JobContext,
): Promise<FeaturesResult> {
  const leftOut = new LeftOutList(emit);
  const source = await FeatureSource.open(job, null, control.signal, leftOut.add);
  try {
    const pictures = job.files.map((path): SourcePicture => ({ path, sha256: null }));
    const meter = stageProgress('features', pictures.length, emit);
    const written: string[] = [];
    const shape = await writeNpy(job.out, pictures.length, source.extractor.shape, async (append) => {
      for await (const { pictures: kept, features } of source.batches(batches(pictures, BATCH), {
        cached: false,
      })) {
        await append(features instanceof Float32Array ? features : await features.data<'float32'>());
        written.push(...kept.map(({ path }) => path));
        meter.update(written.length + leftOut.pictures.length);
        await control.turn();
      }
      if (written.length === 0) throw new TwofoldError('bad-picture', noneReadable(leftOut.pictures));
    });
    meter.update(pictures.length);
    return { kind: 'features', shape, files: written, leftOut: leftOut.pictures };
  } finally {
    await source.close();
  }
}

function noneReadable(leftOut: readonly LeftOut[]): string {
  return `None of the pictures could be read. The first error: ${leftOut[0]?.message ?? 'unknown'}`;
}
