import type { MeasureSpeedJob, MeasureSpeedResult } from '../../shared/jobs/measure-speed.ts';
import type { Tensor } from '../model/tensorflow.ts';
import { cacheFeatures } from '../training/cache-features.ts';
import { createHead } from '../training/create-head.ts';
import { FeatureSource } from '../training/feature-source.ts';
import { FRESH_FIT, fit } from '../training/fit.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { evaluateScores, score } from '../training/score.ts';
import { TimeLeft } from '../training/time-left.ts';
import { trainBatches } from '../training/train-batches.ts';

/** Batches of the one epoch that is trained; the first prepares TensorFlow's graphs and does not count. */
const BATCHES = 5;

/** Measures what a run measures of itself, in one short epoch. */
export async function runMeasureSpeedJob(
  { recipe, cacheDir, pictures }: MeasureSpeedJob,
  context: JobContext,
): Promise<MeasureSpeedResult> {
  const { control, emit } = context;
  const source = await FeatureSource.open(recipe, cacheDir, control.signal, new LeftOutList(emit).add);
  try {
    const head = await createHead(source, recipe, pictures);
    try {
      // From the start of this process.
      const otherMs = performance.now();
      // Copies, since a few pictures are repeated.
      const train = Array.from({ length: BATCHES * recipe.batch }, (_, index) => ({
        ...pictures[index % pictures.length]!,
      }));
      const some = pictures.slice(0, recipe.batch);
      const validation = await cacheFeatures(source, some, recipe.batch, context);
      if (validation.length === 0) return { kind: 'measure-speed', speed: null };
      const validate = (): ReturnType<typeof score<(typeof some)[0]>> =>
        score(source, head, validation, { cached: true, control });
      await validate();
      const plan = { epochs: 1, pictures: train.length, computing: Infinity };
      const left = new TimeLeft(plan, 0, performance.now());
      await fit<Tensor | Float32Array>(head, FRESH_FIT, {
        epochs: 1,
        patience: null,
        batchesPerEpoch: BATCHES,
        trainBatches: (epoch) => trainBatches(source, train, recipe, epoch),
        validate: async () => {
          const startedAt = performance.now();
          const { loss, accuracy } = evaluateScores(await validate());
          left.validated(validation.length, performance.now() - startedAt);
          return { loss, accuracy: accuracy.value };
        },
        control,
        onBatch: (_, count, stepMs) => left.batch(count, stepMs, performance.now()),
        onEpoch: () => Promise.resolve(),
      });
      const { computing, step: stepMs, validation: readMs } = left.rates;
      if (computing === null || stepMs === null || readMs === null)
        return { kind: 'measure-speed', speed: null };
      const featuresMs = Math.max(0, computing - stepMs);
      return { kind: 'measure-speed', speed: { featuresMs, readMs, stepMs, otherMs } };
    } finally {
      head.dispose();
    }
  } finally {
    await source.close();
  }
}
