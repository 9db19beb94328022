import type { BatchEvent } from '../../../shared/jobs.ts';
import type { EpochRecord } from '../../../shared/library.ts';

/** What the charts show of runs: curves over epochs, of which a batch is a fraction. */

export type Quantity = 'loss' | 'accuracy';
export type Part = 'train' | 'validation' | 'batch';

/** A run as it is charted. */
export interface ChartedRun {
  id: string;
  name: string;
  epochs: readonly (EpochRecord & { batchAccuracies?: number[] })[];
  /** Of the epoch under way. */
  batches: readonly BatchEvent[];
}

/** A curve without its points. */
export interface CurveLooks {
  key: string;
  /** For the legend. */
  name: string;
  part: Part;
  /** Custom property of the theme that holds its colour. */
  token: string;
  /** Lengths of strokes and gaps in pixels; empty for a whole line. */
  dash: readonly number[];
}

export interface Curve extends CurveLooks {
  /** Ascending in x. An epoch's value stands where the epoch ends. */
  points: readonly (readonly [x: number, y: number])[];
}

const TOKENS = ['--chart-1', '--chart-2', '--chart-3', '--chart-4'] as const;
/** Training is a whole line and validation a dashed one; runs laid over each other differ in their strokes as well. */
const DASHES: readonly Record<'train' | 'validation', readonly number[]>[] = [
  { train: [], validation: [7, 4] },
  { train: [14, 3, 3, 3], validation: [3, 3] },
  { train: [18, 5], validation: [9, 3, 2, 3] },
  { train: [10, 3, 2, 3, 2, 3], validation: [2, 5] },
];

/** Batches that are drawn at most; beyond that a curve of batches is a smear that takes long. */
const MAX_BATCHES = 20_000;

/** Curves of the runs, the first being the one that is looked at. @param withBatches whether batches are drawn as well */
export function curvesOf(runs: readonly ChartedRun[], quantity: Quantity, withBatches: boolean): Curve[] {
  const isAlone = runs.length === 1;
  return runs.flatMap((run, index) => {
    const dashes = DASHES[index % DASHES.length]!;
    const curve = (part: Part, token: string, points: Curve['points']): Curve => ({
      key: `${run.id} ${part}`,
      name: isAlone ? NAMES[quantity][part] : `${run.name}, ${NAMES[quantity][part].toLowerCase()}`,
      part,
      token,
      dash: part === 'batch' ? [] : dashes[part],
      points,
    });
    const token = TOKENS[index % TOKENS.length]!;
    const [train, validation] = VALUES[quantity];
    const batches = withBatches && index === 0 ? batchPoints(run, quantity) : [];
    return [
      ...(batches.length > 0 ? [curve('batch', token, batches)] : []),
      curve('train', token, epochPoints(run, train)),
      curve('validation', isAlone ? TOKENS[1] : token, epochPoints(run, validation)),
    ];
  });
}

const NAMES: Record<Quantity, Record<Part, string>> = {
  loss: { train: 'Training', validation: 'Validation', batch: 'Each batch' },
  accuracy: { train: 'Training', validation: 'Validation', batch: 'Epoch so far' },
};
const VALUES = { loss: ['loss', 'valLoss'], accuracy: ['accuracy', 'valAccuracy'] } as const;

function epochPoints(
  { epochs }: ChartedRun,
  value: (typeof VALUES)[Quantity][number],
): [x: number, y: number][] {
  return epochs
    .map((epoch): [number, number] => [epoch.epoch, epoch[value]])
    .filter(([, y]) => Number.isFinite(y));
}

function batchPoints({ epochs, batches }: ChartedRun, quantity: Quantity): [x: number, y: number][] {
  const points: [number, number][] = [];
  for (const { epoch, batchLosses, batchAccuracies = [] } of epochs) {
    const values = quantity === 'loss' ? batchLosses : batchAccuracies;
    values.forEach((y, index) => points.push([epoch - 1 + (index + 1) / values.length, y]));
  }
  for (const { epoch, batch, batches: total, batchLoss, accuracy } of batches) {
    points.push([epoch - 1 + batch / total, quantity === 'loss' ? batchLoss : accuracy]);
  }
  return points.filter(([, y]) => Number.isFinite(y)).slice(-MAX_BATCHES);
}

/** The same for the same set of curves, whatever their points: what decides whether a plot must be made anew. */
export const looksOf = (curves: readonly Curve[]): string =>
  JSON.stringify(curves.map(({ points: _, ...looks }): CurveLooks => looks));

/** All curves over one common x, as uPlot wants them: a row of x, then a row of y for each; null where one has no point. */
export function align(curves: readonly Curve[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(curves.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const at = new Map(xs.map((x, index) => [x, index]));
  const rows = curves.map(({ points }) => {
    const row = new Array<number | null>(xs.length).fill(null);
    for (const [x, y] of points) row[at.get(x)!] = y;
    return row;
  });
  return [xs, ...rows];
}

/** The point of a curve nearest to x; null where it has none. */
export function nearest({ points }: Curve, x: number): readonly [x: number, y: number] | null {
  let best: readonly [number, number] | null = null;
  for (const point of points) {
    if (best === null || Math.abs(point[0] - x) <= Math.abs(best[0] - x)) best = point;
  }
  return best;
}

/** A value beside the y axis, as short as it can be. */
export function formatAxis(value: number, quantity: Quantity): string {
  return quantity === 'loss' ? String(Number(value.toFixed(4))) : `${Number((value * 100).toFixed(1))} %`;
}

/**
 * What the y axis shows. Losses begin at 0 and reach as high as the epochs do: single batches at the start may lie far
 * above. Accuracies end at 1.
 */
export function rangeOf(curves: readonly Curve[], quantity: Quantity): [min: number, max: number] {
  const ofEpochs = curves.filter(({ part }) => part !== 'batch').flatMap(({ points }) => points);
  const all = (ofEpochs.length > 0 ? ofEpochs : curves.flatMap(({ points }) => points)).map(([, y]) => y);
  if (all.length === 0) return quantity === 'loss' ? [0, 1] : [0.5, 1];
  if (quantity === 'loss') return [0, Math.max(0.1, ...all) * 1.08];
  const lowest = Math.min(0.9, ...all);
  return [Math.max(0, Math.floor((lowest - 0.02) * 10) / 10), 1];
}
