import type { BatchEvent } from '../../../shared/jobs/messages.ts';
import type { EpochRecord } from '../../../shared/library/runs.ts';

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
  /** Whether there are batches to come: then their curve has its place before the first of them. */
  isLive: boolean;
}

/** A curve without its points. */
export interface CurveLooks {
  key: string;
  /** Id of its run. */
  run: string;
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
/** Training is a whole line and validation a dashed one; runs that are compared differ in their strokes as well. */
const DASHES: readonly Record<'train' | 'validation', readonly number[]>[] = [
  { train: [], validation: [7, 4] },
  { train: [14, 3, 3, 3], validation: [3, 3] },
  { train: [18, 5], validation: [9, 3, 2, 3] },
  { train: [10, 3, 2, 3, 2, 3], validation: [2, 5] },
];

/** Points of batches that are drawn at most, of past epochs and of the one under way: more than a chart has pixels. */
const MAX_PAST = 2000;
const MAX_UNDER_WAY = 1000;

/** Curves of the runs; the first is the selected one. @param withBatches whether its batches are drawn as well */
export function curvesOf(runs: readonly ChartedRun[], quantity: Quantity, withBatches: boolean): Curve[] {
  const isAlone = runs.length === 1;
  return runs.flatMap((run, index) => {
    const { dashes, token } = looksOfRun(index);
    const curve = (part: Part, token: string, points: Curve['points']): Curve => ({
      key: `${run.id} ${part}`,
      run: run.id,
      name: isAlone ? NAMES[quantity][part] : `${run.name}, ${NAMES[quantity][part].toLowerCase()}`,
      part,
      token,
      dash: part === 'batch' ? [] : dashes[part],
      points,
    });
    const [train, validation] = VALUES[quantity];
    const batches = withBatches && index === 0 ? batchPoints(run, quantity) : [];
    return [
      ...(batches.length > 0 || (withBatches && index === 0 && run.isLive)
        ? [curve('batch', token, batches)]
        : []),
      curve('train', token, epochPoints(run, train)),
      curve('validation', isAlone ? TOKENS[1] : token, epochPoints(run, validation)),
    ];
  });
}

/** Colour and strokes of the run that is shown at this position; those of the first 16 all differ. */
export function looksOfRun(index: number): { token: string; dashes: (typeof DASHES)[number] } {
  const round = Math.floor(index / TOKENS.length);
  return { token: TOKENS[index % TOKENS.length]!, dashes: DASHES[(index + round) % DASHES.length]! };
}

/** Where the curves of several runs lie: from the lowest to the highest value of each epoch. */
export interface Band {
  token: string;
  points: readonly (readonly [x: number, low: number, high: number])[];
}

/** Bands of training and validation over runs that differ only in the seed. */
export function bandsOf(runs: readonly ChartedRun['epochs'][], quantity: Quantity): Band[] {
  const last = Math.max(0, ...runs.flatMap((epochs) => epochs.map(({ epoch }) => epoch)));
  return VALUES[quantity].map((value, part) => ({
    token: TOKENS[part]!,
    points: Array.from({ length: last }, (_, index) => index + 1).flatMap((epoch) => {
      const values = runs.flatMap(
        (epochs) => epochs.find((one) => one.epoch === epoch && Number.isFinite(one[value]))?.[value] ?? [],
      );
      return values.length > 1 ? [[epoch, Math.min(...values), Math.max(...values)] as const] : [];
    }),
  }));
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

type Point = readonly [x: number, y: number];

function batchPoints({ epochs, batches }: ChartedRun, quantity: Quantity): Point[] {
  const underWay = batches.map(({ epoch, batch, batches: total, batchLoss, accuracy }): Point => {
    return [epoch - 1 + batch / total, quantity === 'loss' ? batchLoss : accuracy];
  });
  return [...pastBatches(epochs, quantity), ...thin(underWay.filter(isDrawn), MAX_UNDER_WAY)];
}

/** Past epochs stay the same while many batches come, so their points are made once. */
const past = new WeakMap<ChartedRun['epochs'], Partial<Record<Quantity, Point[]>>>();

function pastBatches(epochs: ChartedRun['epochs'], quantity: Quantity): Point[] {
  const known = past.get(epochs) ?? {};
  past.set(epochs, known);
  return (known[quantity] ??= thin(
    epochs
      .flatMap(({ epoch, batchLosses, batchAccuracies = [] }) => {
        const values = quantity === 'loss' ? batchLosses : batchAccuracies;
        return values.map((y, index): Point => [epoch - 1 + (index + 1) / values.length, y]);
      })
      .filter(isDrawn),
    MAX_PAST,
  ));
}

const isDrawn = ([, y]: Point): boolean => Number.isFinite(y);

/**
 * A curve with fewer points that looks the same: of neighbours that would share a pixel only the lowest and the highest,
 * in their order.
 *
 * @param limit points of the result at most
 */
export function thin(points: Point[], limit: number): Point[] {
  if (points.length <= limit) return points;
  const size = Math.ceil(points.length / Math.floor(limit / 2));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const group = points.slice(start, start + size);
    const [low, high] = [group, group].map((of, isHigh) =>
      of.reduce((best, point) => ((isHigh ? point[1] > best[1] : point[1] < best[1]) ? point : best)),
    ) as [Point, Point];
    kept.push(...(low === high ? [low] : low[0] < high[0] ? [low, high] : [high, low]));
  }
  return kept;
}

const looksAlike = (one: CurveLooks, other: CurveLooks): boolean =>
  (['key', 'run', 'name', 'part', 'token'] as const).every((name) => one[name] === other[name]) &&
  one.dash.join() === other.dash.join();

/** Gives the looks of curves: the same array while only points change, since other looks need a new plot. */
export function looksReader(): (curves: readonly Curve[]) => readonly CurveLooks[] {
  let last: readonly CurveLooks[] = [];
  return (curves) => {
    const isSame =
      curves.length === last.length && curves.every((curve, index) => looksAlike(curve, last[index]!));
    if (!isSame) last = curves.map(({ points: _, ...looks }) => looks);
    return last;
  };
}

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
  return quantity === 'loss' ? String(Number(value.toFixed(4))) : `${Number((value * 100).toFixed(1))}%`;
}

/**
 * What the y axis shows. Losses begin at 0 and reach as high as the epochs do: single batches at the start may lie far
 * above. Accuracies end at 1.
 */
export function rangeOf(
  curves: readonly Curve[],
  quantity: Quantity,
  bands: readonly Band[] = [],
): [min: number, max: number] {
  const ofEpochs = curves.filter(({ part }) => part !== 'batch').flatMap(({ points }) => points);
  const all = (ofEpochs.length > 0 ? ofEpochs : curves.flatMap(({ points }) => points)).map(([, y]) => y);
  for (const { points } of bands) for (const [, low, high] of points) all.push(low, high);
  if (all.length === 0) return quantity === 'loss' ? [0, 1] : [0.5, 1];
  if (quantity === 'loss') return [0, Math.max(0.1, ...all) * 1.08];
  const lowest = Math.min(0.9, ...all);
  return [Math.max(0, Math.floor((lowest - 0.02) * 10) / 10), 1];
}
