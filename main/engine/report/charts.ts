import type { ReliabilityBin } from '../../../shared/reliability.ts';
import { curve, type Scored } from '../../../shared/metrics.ts';
import type { EpochMetrics } from '../../../shared/jobs/train.ts';

/** Charts of the report as SVG strings, since a report contains no scripts. */

const WIDTH = 300;
const HEIGHT = 220;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 8, 38];

type Point = readonly [x: number, y: number];

interface Line {
  points: readonly Point[];
  /** Training is solid, validation dashed, the diagonal grey and dashed. */
  kind: 'solid' | 'dashed' | 'guide';
  name?: string;
}

interface Chart {
  title: string;
  x: { title: string; from: number; to: number };
  y: { title: string; from: number; to: number };
  lines: readonly Line[];
  dots?: readonly Point[];
  /** Vertical bars of 95% intervals: x, low, high. */
  bars?: readonly (readonly [x: number, low: number, high: number])[];
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

function draw({ title, x, y, lines, dots = [], bars = [] }: Chart): string {
  const across = (value: number): number =>
    LEFT + ((value - x.from) / (x.to - x.from || 1)) * (WIDTH - LEFT - RIGHT);
  const down = (value: number): number =>
    HEIGHT - BOTTOM - ((value - y.from) / (y.to - y.from || 1)) * (HEIGHT - TOP - BOTTOM);
  const at = ([px, py]: Point): string => `${across(px).toFixed(1)},${down(py).toFixed(1)}`;
  const label = (value: number): string => String(Number(value.toFixed(2)));
  const grid = TICKS.map((share) => {
    const value = y.from + share * (y.to - y.from);
    const level = down(value).toFixed(1);
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${level}" y2="${level}"/>` +
      `<text x="${LEFT - 5}" y="${level}" text-anchor="end" dominant-baseline="middle">${label(value)}</text>`
    );
  });
  const ticks = [0, 0.5, 1].map((share) => {
    const value = x.from + share * (x.to - x.from);
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return `<text x="${across(value).toFixed(1)}" y="${HEIGHT - BOTTOM + 14}" text-anchor="${anchor}">${label(value)}</text>`;
  });
  const named = lines.filter(({ name }) => name !== undefined);
  return [
    `<figure><figcaption>${title}</figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    ...grid,
    ...ticks,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${x.title}</text>`,
    ...bars.map(
      ([px, low, high]) =>
        `<line class="bar" x1="${across(px).toFixed(1)}" x2="${across(px).toFixed(1)}" y1="${down(low).toFixed(1)}" y2="${down(high).toFixed(1)}"/>`,
    ),
    ...lines.map(({ points, kind }) => `<polyline class="${kind}" points="${points.map(at).join(' ')}"/>`),
    ...dots.map((point) => {
      const [cx, cy] = at(point).split(',') as [string, string];
      return `<circle cx="${cx}" cy="${cy}" r="3"/>`;
    }),
    '</svg>',
    named.length > 0
      ? `<p class="legend">${named.map(({ name, kind }) => `<span class="${kind}">${name}</span>`).join(' ')}</p>`
      : '',
    '</figure>',
  ].join('\n');
}

const SHARE = { from: 0, to: 1 };

/** Loss and accuracy of training and validation by epoch. */
export function epochCharts(epochs: readonly EpochMetrics[]): string[] {
  if (epochs.length === 0) return [];
  const x = { title: 'Epoch', from: epochs[0]!.epoch, to: epochs.at(-1)!.epoch };
  const points = (key: 'loss' | 'valLoss' | 'accuracy' | 'valAccuracy'): Point[] =>
    epochs.flatMap((one): Point[] => (Number.isFinite(one[key]) ? [[one.epoch, one[key]]] : []));
  const losses = [...points('loss'), ...points('valLoss')].map(([, value]) => value);
  return [
    draw({
      title: 'Loss',
      x,
      y: { title: 'Loss', from: 0, to: losses.reduce((most, value) => Math.max(most, value), 0.01) },
      lines: [
        { points: points('loss'), kind: 'solid', name: 'training' },
        { points: points('valLoss'), kind: 'dashed', name: 'validation' },
      ],
    }),
    draw({
      title: 'Accuracy',
      x,
      y: { title: 'Accuracy', ...SHARE },
      lines: [
        { points: points('accuracy'), kind: 'solid', name: 'training' },
        { points: points('valAccuracy'), kind: 'dashed', name: 'validation' },
      ],
    }),
  ];
}

/** ROC and precision-recall curves; none if a class is missing. */
export function rateCharts(scored: readonly Scored[]): string[] {
  const points = curve(scored);
  const { truePositives: positives = 0, falsePositives: negatives = 0 } = points.at(-1) ?? {};
  if (positives === 0 || negatives === 0) return [];
  return [
    draw({
      title: 'ROC curve',
      x: { title: 'False positive rate', ...SHARE },
      y: { title: 'True positive rate', ...SHARE },
      lines: [
        {
          points: [
            [0, 0],
            [1, 1],
          ],
          kind: 'guide',
        },
        {
          points: [
            [0, 0],
            ...points.map((one): Point => [one.falsePositives / negatives, one.truePositives / positives]),
          ],
          kind: 'solid',
        },
      ],
    }),
    draw({
      title: 'Precision and recall',
      x: { title: 'Recall', ...SHARE },
      y: { title: 'Precision', ...SHARE },
      lines: [
        {
          points: points.map(({ truePositives, falsePositives }): Point => [
            truePositives / positives,
            truePositives / (truePositives + falsePositives),
          ]),
          kind: 'solid',
        },
      ],
    }),
  ];
}

/** Reliability diagram: observed share against predicted probability, with 95% intervals. */
export function reliabilityChart(bins: readonly ReliabilityBin[]): string {
  const filled = bins.filter(({ count }) => count > 0);
  return draw({
    title: 'Calibration',
    x: { title: 'Predicted probability', ...SHARE },
    y: { title: 'Observed share', ...SHARE },
    lines: [
      {
        points: [
          [0, 0],
          [1, 1],
        ],
        kind: 'guide',
      },
    ],
    dots: filled.map(({ predicted, observed }): Point => [predicted!, observed!.value]),
    bars: filled.map(({ predicted, observed }) => [predicted!, observed!.low, observed!.high] as const),
  });
}
