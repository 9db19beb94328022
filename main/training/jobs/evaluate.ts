import type { EvaluateJob, EvaluateResult } from '../../../shared/jobs.ts';
import type { JobContext } from '../job-context.ts';
import { LeftOutList } from '../left-out.ts';
import { evaluateScores, probabilities, score } from '../score.ts';
import { openTrainedModel } from '../trained-model.ts';
import { stageProgress } from '../stage-progress.ts';

/** Asks a saved run about labelled pictures. */
export async function runEvaluateJob(
  job: EvaluateJob,
  { control, emit }: JobContext,
): Promise<EvaluateResult> {
  const leftOut = new LeftOutList(emit);
  const model = await openTrainedModel(job.runDir, job.cacheDir, control.signal, leftOut.add);
  try {
    const meter = stageProgress('predicting', job.pictures.length, emit);
    const scores = await score(model.source, model.head, job.pictures, {
      cached: true,
      control,
      onProgress: (done) => meter.update(done),
    });
    const values = probabilities(scores.logits);
    return {
      kind: 'evaluate',
      evaluation: evaluateScores(scores, job.threshold),
      scores: scores.pictures.map(({ id, label, split }, index) => ({
        id,
        label,
        split: split ?? 'validation',
        probability: values[index]!,
      })),
      leftOut: leftOut.pictures,
    };
  } finally {
    await model.close();
  }
}
