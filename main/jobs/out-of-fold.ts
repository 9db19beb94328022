import { TwofoldError } from '../../shared/errors.ts';
import type { OutOfFoldJob, OutOfFoldResult } from '../../shared/jobs/out-of-fold.ts';
import type { TrainingPicture } from '../../shared/labelled-picture.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { assignFolds } from '../insight/folds.ts';
import type { Head } from '../model/head/head.ts';
import { cacheFeatures } from '../training/cache-features.ts';
import { createHead } from '../training/create-head.ts';
import { FeatureSource } from '../training/feature-source.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { OutOfFoldStore } from '../training/out-of-fold-store.ts';
import { score } from '../training/score.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { trainBatches } from '../training/train-batches.ts';

/**
 * Gives every picture a logit by a head of the run's recipe that did not train on it: one head for each fold, trained on the
 * others for as many epochs as the run kept. Complete folds are stored, and skipped the next time.
 *
 * @throws TwofoldError `too-few` pictures for two folds, `diverged`, `cancelled`
 */
export async function runOutOfFoldJob(job: OutOfFoldJob, context: JobContext): Promise<OutOfFoldResult> {
  const { recipe, cacheDir, storeDir, pictures } = job;
  const { control, emit } = context;
  const folds = assignFolds(
    pictures.map(({ label }) => label),
    pictures.map(({ group }) => group),
    { folds: job.folds, seed: recipe.seed },
  );
  if (!folds)
    throw new TwofoldError('too-few', 'Folds need at least two labelled pictures of each class. Label more.');
  const store = new OutOfFoldStore(storeDir);
  const { folds: complete } = await store.read();
  const leftOut = new LeftOutList(emit);
  const source = await FeatureSource.open(recipe, cacheDir, control.signal, leftOut.add);
  try {
    await cacheFeatures(source, pictures, 20, context);
    const unread = new Set(leftOut.pictures.map(({ path }) => path));
    const side = (isInside: (fold: number) => boolean): TrainingPicture[] =>
      pictures.filter(({ path }, row) => isInside(folds.of[row]!) && !unread.has(path));
    const meter = stageProgress('training', folds.count * job.epochs * pictures.length, emit);
    for (let fold = 0; fold < folds.count; fold++) {
      const start = fold * job.epochs * pictures.length;
      if (complete.has(fold)) {
        meter.restart(start + job.epochs * pictures.length);
        continue;
      }
      const outside = side((of) => of !== fold);
      const onEpoch = (share: number): void => meter.update(start + Math.round(share * pictures.length));
      const head = await trainedHead(job, source, outside, context, onEpoch);
      try {
        const scores = await score(
          source,
          head,
          side((of) => of === fold),
          { cached: true, control },
        );
        const logits = scores.pictures.map(({ sha256 }, index) => [sha256, scores.logits[index]!] as const);
        await store.write(fold, new Map(logits));
      } finally {
        head.dispose();
      }
    }
    const { logits } = await store.read();
    return {
      kind: 'out-of-fold',
      logits: pictures.map(({ sha256 }) => logits.get(sha256) ?? null),
      leftOut: leftOut.pictures,
    };
  } finally {
    await source.close();
  }
}

/** @param onProgress gets epochs done, with fractions */
async function trainedHead(
  { recipe: own, epochs, augments }: OutOfFoldJob,
  source: FeatureSource,
  pictures: readonly TrainingPicture[],
  { control }: JobContext,
  onProgress: (epochs: number) => void,
): Promise<Head> {
  const recipe = augments ? own : cachedOnly(own);
  const head = await createHead(source, recipe, pictures);
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let done = 0;
      for await (const { features, labels } of trainBatches(source, pictures, recipe, epoch)) {
        const { loss } = head.step(features, labels);
        if (!Number.isFinite(loss)) {
          throw new TwofoldError(
            'diverged',
            'The loss of a fold became infinite or not a number. Train the run with a smaller learning rate.',
          );
        }
        onProgress(epoch - 1 + (done += labels.length) / pictures.length);
        await control.turn();
      }
    }
    return head;
  } catch (error) {
    head.dispose();
    throw error;
  }
}

/** Cached variants as in training, but no new augmentations in every epoch. */
function cachedOnly(recipe: Recipe): Recipe {
  const { augmentation } = recipe;
  return {
    ...recipe,
    augmentation: { ...augmentation, enabled: augmentation.variants > 0 && augmentation.enabled },
  };
}
