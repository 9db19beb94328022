import type { RecipeSearchJob, RecipeSearchResult } from '../../shared/jobs/recipe-search.ts';
import { ProgressMeter } from '../../shared/progress.ts';
import type { FeatureChoice } from '../../shared/recipe-search.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { pooledStore } from '../insight/index-store.ts';
import { takeRows, type Matrix } from '../insight/matrix.ts';
import { outOfFold } from '../insight/out-of-fold.ts';
import { FeatureExtractor } from '../model/base.ts';
import { seededGenerator } from '../support/random.ts';
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { FeatureSource } from '../training/feature-source.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { batches } from '../training/order.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { vectorsOf } from './index-pictures.ts';

const BATCH = 20;
/** Timed passes of each base, after one that warms it up, and the pictures of each pass. */
const PASSES = 3;
const TIMED = 8;

/**
 * Computes the pooled features of pictures at each choice, keeps them for the next time, and predicts every picture out of
 * fold by the index's linear classifier.
 *
 * @throws TwofoldError `too-few` where a class has too few different pictures for two folds, `cancelled`
 */
export async function runRecipeSearchJob(
  job: RecipeSearchJob,
  context: JobContext,
): Promise<RecipeSearchResult> {
  const leftOut = new LeftOutList(context.emit);
  const costs: number[] = [];
  const timing = stageProgress('loading', job.choices.length, context.emit);
  for (const choice of job.choices) {
    timing.update(costs.length);
    costs.push(await millisecondsPerPicture(job, choice));
    await context.control.turn();
  }
  const report = weightedProgress(costs, job.pictures.length, context);
  const vectors: Vectors[] = [];
  for (const [index, choice] of job.choices.entries()) {
    vectors.push(await pooled(job, choice, leftOut, context, (done) => report(index, done)));
  }
  const readable = job.pictures.filter(({ sha256 }) => vectors.every(({ rowOf }) => rowOf.has(sha256)));
  const labels = readable.map(({ label }) => label);
  const groups = readable.map(({ group }) => group);
  const found: RecipeSearchResult['found'] = [];
  for (const [index, { rowOf, matrix }] of vectors.entries()) {
    const rows = takeRows(
      matrix,
      readable.map(({ sha256 }) => rowOf.get(sha256)!),
    );
    const probabilities = outOfFold(rows, labels, groups, { seed: job.seed });
    if (!probabilities) throw tooFew();
    found.push({ probabilities: [...probabilities], msPerPicture: costs[index]! });
    await context.control.turn();
  }
  return {
    kind: 'recipe-search',
    hashes: readable.map(({ sha256 }) => sha256),
    found,
    leftOut: leftOut.pictures,
  };
}

interface Vectors {
  rowOf: Map<string, number>;
  matrix: Matrix;
}

/** Reads the vectors of one choice, and first computes those that are missing. */
async function pooled(
  { cacheDir, model, pictures }: RecipeSearchJob,
  choice: FeatureChoice,
  leftOut: LeftOutList,
  { control }: JobContext,
  onDone: (pictures: number) => void,
): Promise<Vectors> {
  const { weights, resize, bits16 } = model;
  const source = await FeatureSource.open(
    { weights, resize, bits16, ...choice },
    cacheDir,
    control.signal,
    leftOut.add,
  );
  try {
    const { shape } = source.extractor;
    const store = pooledStore(cacheDir, model, choice, shape[2]!);
    const { hashes } = await store.read();
    const known = new Set(hashes);
    const unreadable = new Set(leftOut.pictures.map(({ path }) => path));
    const missing = pictures.filter(({ sha256, path }) => !known.has(sha256) && !unreadable.has(path));
    let done = pictures.length - missing.length;
    onDone(done);
    if (missing.length > 0) {
      const writer = await store.writer();
      try {
        for await (const { pictures: read, features } of source.batches(batches(missing, BATCH), {
          cached: false,
        })) {
          const of = read.map(({ sha256 }) => sha256);
          await writer.append(of, vectorsOf(features, read.length, shape));
          onDone((done += read.length));
          await control.turn();
        }
      } finally {
        await writer.close();
      }
    }
    onDone(pictures.length);
    const { hashes: all, matrix } = await store.read();
    return { rowOf: new Map(all.map((hash, row) => [hash, row])), matrix };
  } finally {
    await source.close();
  }
}

/** Median time of the base for one picture, in batches as training has them, without decoding. */
async function millisecondsPerPicture(
  { model, seed }: RecipeSearchJob,
  { cut, size }: FeatureChoice,
): Promise<number> {
  const extractor = await FeatureExtractor.load({ weights: model.weights, cut, size });
  try {
    const random = seededGenerator(seed, size);
    const pixels = Float32Array.from({ length: TIMED * size ** 2 * 3 }, () => uniformFloat32(random));
    extractor.extractTo(pixels, TIMED);
    const times = Array.from({ length: PASSES }, () => {
      const start = performance.now();
      extractor.extractTo(pixels, TIMED);
      return (performance.now() - start) / TIMED;
    });
    return times.sort((a, b) => a - b)[Math.floor(PASSES / 2)]!;
  } finally {
    extractor.dispose();
  }
}

/**
 * Progress over all choices, each counted by its cost, so that the time left holds.
 *
 * @returns reports how many pictures a choice has
 */
function weightedProgress(
  costs: readonly number[],
  pictures: number,
  { emit }: JobContext,
): (choice: number, done: number) => void {
  const before = costs.map((_, choice) => costs.slice(0, choice).reduce((sum, cost) => sum + cost, 0));
  let done = 0;
  const meter = new ProgressMeter((before.at(-1)! + costs.at(-1)!) * pictures, ({ fraction, leftMs }) =>
    emit({
      type: 'progress',
      stage: 'features',
      fraction,
      done,
      total: costs.length * pictures,
      perSecond: null,
      leftMs,
    }),
  );
  return (choice, count) => {
    done = choice * pictures + count;
    meter.update(before[choice]! * pictures + costs[choice]! * count);
  };
}

const tooFew = (): TwofoldError =>
  new TwofoldError(
    'too-few',
    'Comparing features needs at least two different labelled pictures of each class outside the test set. Label more.',
  );
