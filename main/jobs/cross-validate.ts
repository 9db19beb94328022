import { TwofoldError } from '../../shared/errors.ts';
import type { CrossValidateJob, CrossValidateResult, FoldScore } from '../../shared/jobs/cross-validate.ts';
import type { Grouped, LabelledPicture } from '../../shared/labelled-picture.ts';
import type { ProgressMeter } from '../../shared/progress.ts';
import { assignFolds } from '../insight/folds.ts';
import type { Tensor } from '../model/tensorflow.ts';
import { cacheFeatures } from '../training/cache-features.ts';
import { createHead } from '../training/create-head.ts';
import { FeatureSource } from '../training/feature-source.ts';
import { fit, FRESH_FIT } from '../training/fit.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { evaluateScores, score, type Scores } from '../training/score.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { trainBatches } from '../training/train-batches.ts';

/**
 * Predicts each fold with a model that has seen none of its pictures: the next fold decides which epoch is kept, and the
 * others are trained on. Nothing is saved.
 *
 * @throws TwofoldError `diverged`, `cancelled` also when it is stopped, since folds that are missing give no estimate
 */
export async function runCrossValidateJob(
  job: CrossValidateJob,
  context: JobContext,
): Promise<CrossValidateResult> {
  const { control, emit } = context;
  const leftOut = new LeftOutList(emit);
  const source = await FeatureSource.open(job.recipe, job.cacheDir, control.signal, leftOut.add);
  try {
    // Each picture is predicted and validates, so all of them are cached.
    const pictures = await cacheFeatures(source, dividedPictures(job), job.recipe.batch, context);
    const trained = (folds: readonly number[]): number =>
      pictures.filter(({ fold }) => folds.includes(fold)).length;
    const folds = Array.from({ length: job.folds }, (_, fold) => fold);
    const total = folds.reduce((sum, fold) => sum + trained(trainedFolds(fold, job.folds)), 0);
    const meter = stageProgress('training', total * job.recipe.epochs, emit);
    meter.restart(0);
    const scores: FoldScore[] = [];
    let done = 0;
    for (const fold of folds) {
      const found = await runFold(job, fold, pictures, source, context, { meter, done });
      scores.push(...found);
      done += trained(trainedFolds(fold, job.folds)) * job.recipe.epochs;
    }
    meter.update(total * job.recipe.epochs);
    return { kind: 'cross-validate', scores, leftOut: leftOut.pictures };
  } finally {
    await source.close();
  }
}

/** A picture with the fold that it is predicted in, from 0. */
type FoldPicture = Grouped<LabelledPicture> & { fold: number };

function dividedPictures({ pictures, folds, recipe }: CrossValidateJob): FoldPicture[] {
  const found = assignFolds(
    pictures.map(({ label }) => label),
    pictures.map(({ group }) => group),
    { folds, seed: recipe.seed },
  );
  if (found?.count !== folds)
    throw new TwofoldError(
      'too-few',
      `The labelled pictures can't be divided into ${folds} folds with both classes. Label more pictures.`,
    );
  return pictures.map((picture, row) => ({ ...picture, fold: found.of[row]! }));
}

/** The folds that are trained on where `fold` is predicted and the next one validates. */
const trainedFolds = (fold: number, folds: number): number[] =>
  Array.from({ length: folds }, (_, other) => other).filter(
    (other) => other !== fold && other !== (fold + 1) % folds,
  );

async function runFold(
  { recipe, folds }: CrossValidateJob,
  fold: number,
  pictures: readonly FoldPicture[],
  source: FeatureSource,
  { control, emit }: JobContext,
  progress: { meter: ProgressMeter; done: number },
): Promise<FoldScore[]> {
  const side = (wanted: readonly number[]): FoldPicture[] =>
    pictures.filter((picture) => wanted.includes(picture.fold));
  const train = side(trainedFolds(fold, folds)).map((picture) => ({ ...picture, split: 'train' as const }));
  const validation = side([(fold + 1) % folds]);
  const predicted = side([fold]);
  const head = await createHead(source, recipe, train);
  const best: { scores?: Scores<FoldPicture> } = {};
  let { done } = progress;
  try {
    const { end, state } = await fit<Tensor | Float32Array>(head, FRESH_FIT, {
      epochs: recipe.epochs,
      patience: recipe.patience,
      batchesPerEpoch: Math.ceil(train.length / recipe.batch),
      trainBatches: (epoch) => trainBatches(source, train, recipe, epoch),
      validate: async () => {
        const { loss, accuracy } = evaluateScores(
          await score(source, head, validation, { cached: true, control }),
        );
        return { loss, accuracy: accuracy.value };
      },
      control,
      onBatch: (_, count) => progress.meter.update((done += count)),
      onEpoch: async (_state, _metrics, isBest) => {
        if (isBest) best.scores = await score(source, head, predicted, { cached: true, control });
      },
    });
    if (end === 'stopped') throw stopped(fold, folds);
    if (!best.scores || end === 'diverged') throw diverged(fold, recipe.learningRate);
    const { pictures: scored, logits } = best.scores;
    emit({ type: 'fold', fold: fold + 1, folds, epochs: state.epoch, bestEpoch: state.bestEpoch });
    return scored.map(({ id, label }, index) => ({ id, label, fold, logit: logits[index]! }));
  } finally {
    head.dispose();
  }
}

const stopped = (fold: number, folds: number): TwofoldError =>
  new TwofoldError(
    'cancelled',
    `Stopped after ${fold} of ${folds} folds. Cross-validation needs all of them, so there is no estimate.`,
  );

const diverged = (fold: number, learningRate: number): TwofoldError =>
  new TwofoldError(
    'diverged',
    `The loss of fold ${fold + 1} became infinite or not a number. Try a learning rate smaller than ${learningRate}.`,
  );
