import type { EvaluateJob, EvaluateResult } from '../../shared/jobs/evaluate.ts';
import type { LabelledPicture } from '../../shared/labelled-picture.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { evaluateScores, probabilities, score } from '../training/score.ts';
import { RunFolder } from '../training/run-folder.ts';
import { allSeen, withoutContents } from '../training/split.ts';
import { openTrainedModel } from '../training/trained-model.ts';
import { stageProgress } from '../training/stage-progress.ts';

/**
 * Evaluates a saved run on labelled pictures. Test pictures that the run was trained or validated on, because they were
 * moved to the test set later, are excluded.
 *
 * @throws TwofoldError `too-few` if none is left or none could be read, and as `openTrainedModel`
 */
export async function runEvaluateJob(
  job: EvaluateJob,
  { control, emit }: JobContext,
): Promise<EvaluateResult> {
  const leftOut = new LeftOutList(emit);
  const model = await openTrainedModel(job, job.cacheDir, control.signal, leftOut.add);
  try {
    const pictures = job.on === 'test' ? await unseen(job) : job.pictures;
    const meter = stageProgress('predicting', pictures.length, emit);
    const scores = await score(model.source, model.head, pictures, {
      cached: true,
      control,
      onProgress: (done) => meter.update(done),
    });
    const values = probabilities(scores.logits);
    return {
      kind: 'evaluate',
      evaluation: evaluateScores(scores, job.threshold),
      scores: scores.pictures.map(({ id, label }, index) => ({
        id,
        label,
        split: job.on,
        probability: values[index]!,
      })),
      leftOut: leftOut.pictures,
      seen: job.pictures.length - pictures.length,
    };
  } finally {
    await model.close();
  }
}

async function unseen({ runDir, pictures }: EvaluateJob): Promise<LabelledPicture[]> {
  const { train, validation } = (await new RunFolder(runDir).readPictures()) ?? { train: [], validation: [] };
  const seen = new Set([...train, ...validation].map(({ sha256 }) => sha256));
  const { kept } = withoutContents(pictures, seen);
  if (kept.length > 0) return kept;
  throw allSeen();
}
