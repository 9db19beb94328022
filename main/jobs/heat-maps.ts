import { toFailure, TwofoldError, type Failure, type Result } from '../../shared/errors.ts';
import type { HeatMap } from '../../shared/heat-map.ts';
import type { HeatMapPicture, HeatMapsJob, HeatMapsResult } from '../../shared/jobs/heat-map.ts';
import { markCacheUse } from '../files/cache-marks.ts';
import type { JobContext } from '../training/job-context.ts';
import { openTrainedModel } from '../training/trained-model.ts';
import { mapsOf } from './heat-map.ts';

/** Answers questions for the heat map of one picture with a run that stays loaded, until it is stopped. */
export async function runHeatMapsJob(
  job: HeatMapsJob,
  { control, emit }: JobContext,
): Promise<HeatMapsResult> {
  const failures: Failure[] = [];
  const model = await openTrainedModel(job, job.cacheDir, control.signal, (_, failure) =>
    failures.push(failure),
  );
  const mapOf = async (picture: HeatMapPicture): Promise<HeatMap> => {
    // Marked for each picture only, so that the cache can be cleared while nothing is asked.
    const endCacheUse = job.cacheDir === null ? null : markCacheUse(job.cacheDir);
    try {
      for await (const batch of model.source.batches([[picture]], { cached: job.cacheDir !== null })) {
        return mapsOf(model, batch)[0]!;
      }
    } finally {
      endCacheUse?.();
    }
    const failure = failures.pop();
    throw new TwofoldError(
      failure?.code ?? 'bad-picture',
      failure?.message ?? `${picture.path} could not be read.`,
    );
  };
  try {
    for (let next = await control.question(); next; next = await control.question()) {
      const answer = await mapOf(next.picture).then(
        (value): Result<HeatMap> => ({ ok: true, value }),
        (thrown: unknown): Result<HeatMap> => ({ ok: false, error: toFailure(thrown) }),
      );
      emit({ type: 'heat-map', number: next.number, answer });
    }
    return { kind: 'heat-maps' };
  } finally {
    await model.close();
  }
}
