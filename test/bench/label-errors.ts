import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { rankLabelErrors } from '../../main/insight/label-errors.ts';
import { takeRows } from '../../main/insight/matrix.ts';
import { outOfFold } from '../../main/insight/out-of-fold.ts';
import { fitProbe, predictProbe } from '../../main/insight/probe.ts';
import { seededGenerator } from '../../main/support/random.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { rankWithCleanlab, type LabelTask } from './cleanlab.ts';
import { indexedSets, type Labelled } from './indexed-sets.ts';

const SEEDS = [1, 2, 3, 4, 5];
const FLIPPED = 0.05;
const VALIDATION = 0.2;

interface Ranked extends LabelTask {
  flipped: ReadonlySet<number>;
  /** Rows, the most suspect first, as each way ranks them. */
  ours: number[];
  byLoss: number[];
  onValidation: number[];
}

/** Of 5% of labels that were flipped, the share among the 5% that are most suspect: precision and recall are the same. */
export const benchmark: Benchmark = {
  name: 'label-errors',
  title: 'share of flipped labels (5%) among the 5% most suspect, on three sets of photographs',
  run: async ({ progress }) => {
    const measurements: Measurement[] = [];
    const details: Record<string, unknown> = {};
    const notes: string[] = [];
    for (const { name, pool } of await indexedSets(progress)) {
      progress.stage(`Flipping labels of ${name}`);
      const ranked = SEEDS.map((seed) => rank(pool, seed));
      const cleanlab = await rankWithCleanlab(ranked, progress);
      const mean = (orderOf: (one: Ranked, index: number) => readonly number[]): number =>
        ranked.reduce((sum, one, index) => sum + found(orderOf(one, index), one.flipped), 0) / SEEDS.length;
      const figures = {
        ours: mean(({ ours }) => ours),
        cleanlab: mean((_, index) => cleanlab[index]!),
        trainingLoss: mean(({ byLoss }) => byLoss),
        validationOnly: mean(({ onValidation }) => onValidation),
      };
      details[name] = figures;
      measurements.push({
        what: name,
        unit: '%',
        value: 100 * figures.ours,
        baseline: { what: 'cleanlab 2.9.0', value: 100 * figures.cleanlab },
        target: { of: 'ratio', limit: 1, better: 'higher' },
      });
      const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;
      notes.push(
        `${name}: ${percent(figures.trainingLoss)} by training loss, ${percent(figures.validationOnly)} among validation pictures alone.`,
      );
    }
    return { measurements: measurements as [Measurement, ...Measurement[]], details, notes };
  },
};

/** Of as many as were flipped, those that the order names first. */
function found(order: readonly number[], flipped: ReadonlySet<number>): number {
  return order.slice(0, flipped.size).filter((row) => flipped.has(row)).length / flipped.size;
}

function rank({ matrix, labels: right }: Labelled, seed: number): Ranked {
  const flipped = draw(right.length, Math.round(FLIPPED * right.length), seed);
  const labels = right.map((label, row): 0 | 1 => (flipped.has(row) ? (label === 0 ? 1 : 0) : label));
  const groups = labels.map((_, row) => String(row));
  const probabilities = [...outOfFold(matrix, labels, groups, { seed })!];
  const all = predictProbe(fitProbe(matrix, labels), matrix);
  const own = (row: number, values: ArrayLike<number>): number =>
    labels[row] === 1 ? values[row]! : 1 - values[row]!;
  const byOwn = (rows: readonly number[], values: ArrayLike<number>): number[] =>
    [...rows].sort((a, b) => own(a, values) - own(b, values) || a - b);
  const rows = labels.map((_, row) => row);
  // A held-out fifth, ranked by a probe that was fitted to the others.
  const held = draw(rows.length, Math.round(VALIDATION * rows.length), seed + 100);
  const trained = rows.filter((row) => !held.has(row));
  const probe = fitProbe(
    takeRows(matrix, trained),
    trained.map((row) => labels[row]!),
  );
  return {
    labels,
    probabilities,
    flipped,
    ours: rankLabelErrors(labels, probabilities).map(({ row }) => row),
    byLoss: byOwn(rows, all),
    onValidation: byOwn([...held], predictProbe(probe, matrix)),
  };
}

/** `count` different rows. */
function draw(rows: number, count: number, seed: number): Set<number> {
  const random = seededGenerator(seed, count);
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(uniformInt(random, 0, rows - 1));
  return drawn;
}
