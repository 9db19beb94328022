import type { EvaluateJob, EvaluateResult, LeftOut } from '../../../shared/jobs.ts';
import type { JobContext } from '../job-context.ts';
import { evaluateScores, probabilities, score } from '../score.ts';
import { openTrainedModel } from '../trained-model.ts';
import { stageProgress } from '../stage-progress.ts';

/** Asks a saved run about labelled pictures. */
export async function runEvaluateJob(
  job: EvaluateJob,
  { control, emit }: JobContext,
): Promise<EvaluateResult> {
  const leftOut: LeftOut[] = [];
  const model = await openTrainedModel(
    job.runDir,
    job.cacheDir,
    control.signal,
    ({ path }, { code, message }) => {
      leftOut.push({ path, code, message });
      emit({ type: 'left-out', leftOut: { path, code, message } });
    },
  );
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
      leftOut,
    };
  } finally {
    await model.close();
  }
}
