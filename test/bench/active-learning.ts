import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { chooseNext } from '../../main/insight/label-next.ts';
import { takeRows } from '../../main/insight/matrix.ts';
import { fitProbe, predictProbe } from '../../main/insight/probe.ts';
import { seededGenerator } from '../../main/support/random.ts';
import { classAt } from '../../shared/metrics.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { indexedSets, type IndexedSet, type Labelled } from './indexed-sets.ts';
import { mean } from './statistics.ts';

const SEEDS = [1, 2, 3, 4, 5];
/** Pictures labelled at a time, and at most. */
const STEP = 10;
const MOST = 250;

/** How many labels it takes, chosen as "Label next" chooses them, to be as accurate as with 250 in random order. */
export const benchmark: Benchmark = {
  name: 'active-learning',
  title: 'labels needed for the accuracy of 250 in random order, on three sets of photographs',
  run: async ({ progress }) => {
    const sets = await indexedSets(progress);
    const measurements: Measurement[] = [];
    const curves: Record<string, { next: number[]; random: number[] }> = {};
    const bounds: string[] = [];
    for (const set of sets) {
      progress.stage(`Labelling ${set.name}`);
      const next = meanOf(curvesOf(set, nextStep));
      const randomCurves = curvesOf(set, randomStep);
      const random = meanOf(randomCurves);
      const wanted = random.at(-1)!;
      const all = accuracyOf(
        set.pool,
        set.pool.labels.map((_, row) => row),
        set.test,
      );
      bounds.push(
        `${set.name}: ${percent(wanted)} ± ${percent(standardError(randomCurves.map((curve) => curve.at(-1)!)))} (mean and standard error) with ${MOST} labels in random order, ${percent(all)} with all ${set.pool.labels.length}.`,
      );
      const step = next.findIndex((accuracy) => accuracy >= wanted);
      curves[set.name] = { next, random };
      measurements.push({
        what: `${set.name}: labels for ${percent(wanted)} accuracy${step < 0 ? ', not reached' : ''}`,
        unit: 'labels',
        value: step < 0 ? MOST : (step + 1) * STEP,
        baseline: { what: 'random order', value: MOST },
        target: { of: 'value', limit: 150, better: 'lower' },
      });
    }
    return {
      measurements: measurements as [Measurement, ...Measurement[]],
      details: { step: STEP, seeds: SEEDS.length, curves },
      notes: [
        `Accuracy of the probe on 400 pictures of other photographs; means of ${SEEDS.length} seeds; ${STEP} labels at a time from 600 pictures.`,
        ...bounds,
      ],
    };
  },
};

type ChooseStep = (pool: Labelled, labelled: readonly number[], seed: number) => number[];

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** Accuracies after 10, 20, … labels, a curve for each seed. */
const curvesOf = ({ pool, test }: IndexedSet, choose: ChooseStep): number[][] =>
  SEEDS.map((seed) => {
    const labelled: number[] = [];
    const accuracies: number[] = [];
    while (labelled.length < MOST) {
      labelled.push(...choose(pool, labelled, seed));
      accuracies.push(accuracyOf(pool, labelled, test));
    }
    return accuracies;
  });

const meanOf = (curves: readonly number[][]): number[] =>
  curves[0]!.map((_, step) => mean(curves.map((curve) => curve[step]!)));

/** Of the mean of some values. */
function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

const nextStep: ChooseStep = (pool, labelled, seed) => {
  const known = new Set(labelled);
  const rest = pool.labels.flatMap((_, row) => (known.has(row) ? [] : [row]));
  const candidates = takeRows(pool.matrix, rest);
  const probe = probeOf(pool, labelled);
  const chosen = chooseNext(candidates, probe && predictProbe(probe, candidates), STEP, seed);
  return chosen.map((index) => rest[index]!);
};

const randomStep: ChooseStep = (pool, labelled, seed) => {
  const random = seededGenerator(seed, 0);
  const order = pool.labels.map((_, row) => row);
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order.slice(labelled.length, labelled.length + STEP);
};

function probeOf({ matrix, labels }: Labelled, rows: readonly number[]) {
  const own = rows.map((row) => labels[row]!);
  const ones = own.filter((label) => label === 1).length;
  return Math.min(ones, own.length - ones) < 2 ? null : fitProbe(takeRows(matrix, rows), own);
}

/** 0.5 while there are too few labels for a probe. */
function accuracyOf(pool: Labelled, rows: readonly number[], test: Labelled): number {
  const probe = probeOf(pool, rows);
  if (!probe) return 0.5;
  const probabilities = predictProbe(probe, test.matrix);
  return (
    test.labels.filter((label, row) => classAt(probabilities[row]!) === label).length / test.labels.length
  );
}
