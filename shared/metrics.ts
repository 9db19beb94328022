/** Metrics of a two-class classifier from its probabilities, for window, app and command line. */

/** A predicted probability of class 1 (0..1) with the true class. */
export interface Scored {
  probability: number;
  label: 0 | 1;
}

/** An estimate with the bounds of its confidence interval, all 0..1. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** Rows are true classes, columns predicted classes: `[[n00, n01], [n10, n11]]`. */
export type Confusion = [[number, number], [number, number]];

export interface Evaluation {
  count: number;
  /** Mean binary cross-entropy, natural logarithm. */
  loss: number;
  accuracy: Interval;
  threshold: number;
  confusion: Confusion;
  /** Of class 1 at the threshold; null if undefined. */
  precision: Interval | null;
  recall: Interval | null;
  /** Area under the ROC curve; null with one class only. */
  rocAuc: number | null;
  /** Average precision: area under the precision-recall curve as a step function; null without class 1. */
  averagePrecision: number | null;
  /** The same with class 0 as the positive class; also null if an older version did not store it. */
  averagePrecisionOfClass0: number | null;
}

/** 95% bootstrap confidence intervals of metrics that are no simple proportions; null where a metric is undefined. */
export interface MetricIntervals {
  /** Resamples were drawn with it: the same pictures and seed give the same intervals. */
  seed: number;
  resamples: number;
  /** Of class 1 at the threshold. */
  f1: Interval | null;
  f1OfClass0: Interval | null;
  rocAuc: Interval | null;
  averagePrecision: Interval | null;
  /** Expected calibration error over 10 bins. */
  calibrationError: Interval | null;
}

/**
 * What is to be said beside bootstrap intervals whose ends are equal: without errors to resample, every resample is as
 * good, which looks as certain as the pictures are few. Empty where there are none, or with a space before it.
 */
export function degenerateNote({ f1, f1OfClass0, rocAuc, averagePrecision }: MetricIntervals): string {
  const isDegenerate = [f1, f1OfClass0, rocAuc, averagePrecision].some((one) => one && one.low === one.high);
  return isDegenerate
    ? ' Where both ends are equal, there were too few errors for an interval: go by that of the accuracy.'
    : '';
}

/** z of a two-sided 95% interval. */
const Z95 = 1.959963984540054;

/**
 * Wilson's score interval of a proportion (E. B. Wilson, 1927), which also holds for few pictures and near 0 and 1.
 *
 * @returns 95% interval; null if `total` is 0
 */
export function wilson(hits: number, total: number, z: number = Z95): Interval | null {
  if (total === 0) return null;
  const p = hits / total;
  const z2 = z * z;
  const denominator = 1 + z2 / total;
  const centre = (p + z2 / (2 * total)) / denominator;
  const half = (z / denominator) * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total));
  // Exactly 0 and 1 where rounding would miss them.
  return { value: p, low: hits === 0 ? 0 : centre - half, high: hits === total ? 1 : centre + half };
}

/** Binary cross-entropy of one logit, without overflow: max(x, 0) - x·y + log(1 + e^-|x|). */
export function crossEntropyOfLogit(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** 1 / (1 + e^-x), without overflow. */
export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const e = Math.exp(logit);
  return e / (1 + e);
}

/** Inverse of `sigmoid`; probabilities are kept 1e-7 away from 0 and 1. */
export function logit(probability: number): number {
  const p = Math.min(1 - 1e-7, Math.max(1e-7, probability));
  return Math.log(p) - Math.log1p(-p);
}

/** The threshold of a new project. */
export const DEFAULT_THRESHOLD = 0.5;

/** The predicted class for a probability of class 1: 1 above the threshold (not at it), as in Keras. */
export const classAt = (probability: number, threshold = DEFAULT_THRESHOLD): 0 | 1 =>
  probability > threshold ? 1 : 0;

/** The probability of a class, from that of class 1. */
export const probabilityOf = (label: 0 | 1, probability: number): number =>
  label === 1 ? probability : 1 - probability;

/**
 * How far a probability lies from the threshold, as a share of what is possible on that side: -1 (surely class 0) through
 * 0 (at the threshold) to 1 (surely class 1). So both classes have one scale, whatever the threshold.
 */
export function beyond(probability: number, threshold: number): number {
  const room = probability <= threshold ? threshold : 1 - threshold;
  return room === 0 ? 0 : (probability - threshold) / room;
}

/** How far a prediction is on the wrong side of the threshold, as a share of what is possible there: -1..1. */
export const wrongness = ({ label, probability }: Scored, threshold: number): number =>
  label === 1 ? -beyond(probability, threshold) : beyond(probability, threshold);

/** Figures of one class as the positive one, each with its 95% interval; null where there is nothing to divide by. */
export interface ClassFigures {
  precision: Interval | null;
  recall: Interval | null;
  f1: Interval | null;
}

/**
 * Precision, recall and F1 of a class, with Wilson intervals. F1 is 2J / (1 + J), which rises with the share J of true
 * positives among true positives and both kinds of error (the Jaccard index), so its interval is that of J, converted.
 */
export function classFigures(counts: Confusion, label: 0 | 1): ClassFigures {
  const other = label === 0 ? 1 : 0;
  const truePositives = counts[label][label];
  const falseNegatives = counts[label][other];
  const falsePositives = counts[other][label];
  const jaccard = wilson(truePositives, truePositives + falseNegatives + falsePositives);
  const f1 = (j: number): number => (2 * j) / (1 + j);
  return {
    precision: wilson(truePositives, truePositives + falsePositives),
    recall: wilson(truePositives, truePositives + falseNegatives),
    f1: jaccard && { value: f1(jaccard.value), low: f1(jaccard.low), high: f1(jaccard.high) },
  };
}

/** Counts of true against predicted classes. */
export function confusion(scored: readonly Scored[], threshold = DEFAULT_THRESHOLD): Confusion {
  const counts: Confusion = [
    [0, 0],
    [0, 0],
  ];
  for (const { probability, label } of scored) counts[label][classAt(probability, threshold)]++;
  return counts;
}

/** Harmonic mean of precision and recall of class 1, 0..1; null where no picture is class 1 or predicted so. */
export function f1([[, n01], [n10, n11]]: Confusion): number | null {
  const total = 2 * n11 + n01 + n10;
  return total === 0 ? null : (2 * n11) / total;
}

/** As `f1`, of class 0. */
export const f1OfClass0 = ([[n00, n01], [n10, n11]]: Confusion): number | null =>
  f1([
    [n11, n10],
    [n01, n00],
  ]);

/** A point of the ROC and precision-recall curves: counts with probabilities from `threshold` on as class 1. */
export interface CurvePoint {
  threshold: number;
  truePositives: number;
  falsePositives: number;
}

/** The curve's points from the highest threshold to the lowest; equal probabilities give one point, as in scikit-learn. */
export function curve(scored: readonly Scored[]): CurvePoint[] {
  const sorted = [...scored].sort((a, b) => b.probability - a.probability);
  const points: CurvePoint[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  sorted.forEach(({ probability, label }, index) => {
    if (label === 1) truePositives++;
    else falsePositives++;
    if (sorted[index + 1]?.probability !== probability) {
      points.push({ threshold: probability, truePositives, falsePositives });
    }
  });
  return points;
}

/** Area under the ROC curve by the trapezoid rule (ties count half); null with one class only. */
export function rocAuc(scored: readonly Scored[]): number | null {
  const points = curve(scored);
  const { truePositives: positives = 0, falsePositives: negatives = 0 } = points.at(-1) ?? {};
  if (positives === 0 || negatives === 0) return null;
  let area = 0;
  let previous = { truePositives: 0, falsePositives: 0 };
  for (const point of points) {
    area +=
      ((point.falsePositives - previous.falsePositives) * (point.truePositives + previous.truePositives)) / 2;
    previous = point;
  }
  return area / (positives * negatives);
}

/** Average precision, sum of (R_n - R_n-1) P_n, without interpolation (as scikit-learn); null without class 1. */
export function averagePrecision(scored: readonly Scored[]): number | null {
  const points = curve(scored);
  const positives = points.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  let sum = 0;
  let before = 0;
  for (const { truePositives, falsePositives } of points) {
    sum += ((truePositives - before) / positives) * (truePositives / (truePositives + falsePositives));
    before = truePositives;
  }
  return sum;
}

/**
 * Evaluates predictions against labels.
 *
 * @param scored at least one picture
 * @param logits of the same pictures in the same order, from which the loss is exact
 */
export function evaluate(
  scored: readonly Scored[],
  logits: ArrayLike<number>,
  threshold = DEFAULT_THRESHOLD,
): Evaluation {
  const counts = confusion(scored, threshold);
  const right = counts[0][0] + counts[1][1];
  let loss = 0;
  scored.forEach(({ label }, index) => (loss += crossEntropyOfLogit(logits[index]!, label)));
  return {
    count: scored.length,
    loss: loss / scored.length,
    accuracy: wilson(right, scored.length) ?? { value: 0, low: 0, high: 1 },
    threshold,
    confusion: counts,
    precision: wilson(counts[1][1], counts[0][1] + counts[1][1]),
    recall: wilson(counts[1][1], counts[1][0] + counts[1][1]),
    rocAuc: rocAuc(scored),
    averagePrecision: averagePrecision(scored),
    averagePrecisionOfClass0: averagePrecision(
      // Only the order matters; 1 - p would lose precision near 0.
      scored.map(({ probability, label }) => ({ probability: -probability, label: label === 0 ? 1 : 0 })),
    ),
  };
}
