import type { Prediction, PredictJob, PredictResult } from '../../shared/jobs/predict.ts';
import type { SourcePicture } from '../training/feature-source.ts';
import type { JobContext } from '../training/job-context.ts';
import { batches } from '../training/order.ts';
import { probabilities } from '../training/score.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { Novelty } from './novelty.ts';
import { openTrainedModel } from '../training/trained-model.ts';

/** Pictures per report: few enough for an early first one. */
const BATCH = 20;

/** Predicts picture files with a saved run. Files that can't be read are reported among the others. */
export async function runPredictJob(job: PredictJob, { control, emit }: JobContext): Promise<PredictResult> {
  const errors = new Map<SourcePicture, string>();
  const model = await openTrainedModel(job, null, control.signal, (picture, { message }) =>
    errors.set(picture, message),
  );
  let novelty: Novelty | null = null;
  try {
    const meter = stageProgress('predicting', job.files.length, emit);
    const pictures = job.files.map((path): SourcePicture => ({ path, sha256: null }));
    novelty = job.known ? await Novelty.open(job.known, model.source) : null;
    const answers = new Map<SourcePicture, number>();
    const unlike = new Map<SourcePicture, boolean>();
    const predictions: Prediction[] = [];
    const answer = (picture: SourcePicture): Prediction => ({
      path: picture.path,
      probability: answers.get(picture) ?? null,
      error: errors.get(picture) ?? null,
      ...(unlike.has(picture) && { unlike: unlike.get(picture)! }),
    });
    const report = (until: number): void => {
      const settled = pictures.slice(predictions.length, until).map(answer);
      if (settled.length > 0) emit({ type: 'predicted', predictions: settled });
      predictions.push(...settled);
      meter.update(predictions.length);
    };
    for await (const batch of model.source.batches(batches(pictures, BATCH), { cached: false })) {
      const values = probabilities(model.head.logits(batch.features, batch.pictures.length));
      batch.pictures.forEach((picture, index) => answers.set(picture, values[index]!));
      if (novelty) {
        const { limit } = novelty;
        const { shape } = model.source.extractor;
        novelty
          .distances(batch.features, batch.pictures.length, shape)
          .forEach((distance, index) => unlike.set(batch.pictures[index]!, distance > limit));
      }
      // Pictures come in order, so all before the last one predicted are settled.
      report(pictures.indexOf(batch.pictures.at(-1)!, predictions.length) + 1);
      await control.turn();
    }
    report(pictures.length);
    const { classes, threshold, unsure } = model.run;
    return { kind: 'predict', classes, threshold, unsure, predictions };
  } finally {
    novelty?.dispose();
    await model.close();
  }
}
