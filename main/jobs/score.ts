import type { ScoreJob, ScoreResult } from '../../shared/jobs/score.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { batches } from '../training/order.ts';
import { probabilities } from '../training/score.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { openTrainedModel } from '../training/trained-model.ts';

/** Pictures per report: about two seconds of work, which is all that a killed job loses. */
const BATCH = 50;

/**
 * Predicts pictures of a project with a saved run, and reports each batch at once. Features are read from the cache, but
 * not added to it: at 147 KB a picture, those of all pictures would fill a disk.
 *
 * @throws TwofoldError as `openTrainedModel`; `cancelled`
 */
export async function runScoreJob(job: ScoreJob, { control, emit }: JobContext): Promise<ScoreResult> {
  const leftOut = new LeftOutList(emit);
  const model = await openTrainedModel(job, job.cacheDir, control.signal, leftOut.add);
  try {
    const { pictures } = job;
    const meter = stageProgress('predicting', pictures.length, emit);
    let predicted = 0;
    for await (const batch of model.source.batches(batches(pictures, BATCH), { cached: 'read' })) {
      const values = probabilities(model.head.logits(batch.features, batch.pictures.length));
      const scores = batch.pictures.map(({ id }, index) => ({ id, probability: values[index]! }));
      emit({ type: 'scored', scores });
      predicted += scores.length;
      meter.update(predicted + leftOut.pictures.length);
      await control.turn();
    }
    meter.update(pictures.length);
    return { kind: 'score', predicted, leftOut: leftOut.pictures };
  } finally {
    await model.close();
  }
}
