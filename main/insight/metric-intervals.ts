import { setImmediate as nextTurn } from 'node:timers/promises';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import {
  DEFAULT_THRESHOLD,
  averagePrecision,
  classAt,
  confusion,
  f1,
  f1OfClass0,
  rocAuc,
  type Interval,
  type MetricIntervals,
  type Scored,
} from '../../shared/metrics.ts';
import { binOf } from '../../shared/reliability.ts';
import { seededGenerator } from '../support/random.ts';
import { calibrationError } from './calibration.ts';
import { quantile } from './quantile.ts';

const BINS = 10;
/** Pictures drawn between two turns of the event loop: about 10 ms. */
const AT_ONCE = 200_000;

const METRICS = ['f1', 'f1OfClass0', 'rocAuc', 'averagePrecision', 'calibrationError'] as const;
type Values = Record<(typeof METRICS)[number], number | null>;

/**
 * 95% percentile bootstrap intervals (B. Efron, 1979) of several metrics at once. Pictures are sorted
 * once and a resample stores how often each is drawn, so 1,000 resamples of 1,000 pictures take a few hundredths of a
 * second. The interval of the calibration error starts lower, see `calibrationInterval`.
 *
 * @param scored at least one picture
 * @param options `threshold` of F1 (default 0.5); `seed` (default 1); `resamples` (default 1000)
 */
export async function metricIntervals(
  scored: readonly Scored[],
  { threshold = DEFAULT_THRESHOLD, seed = 1, resamples = 1000 } = {},
): Promise<MetricIntervals> {
  const weigh = weighed(scored, threshold);
  const random = seededGenerator(seed, 0);
  const last = scored.length - 1;
  const found = new Map(METRICS.map((name) => [name, [] as number[]]));
  const drawn = new Uint32Array(scored.length);
  for (let resample = 0, since = 0; resample < resamples; resample++) {
    drawn.fill(0);
    for (let draw = 0; draw <= last; draw++) drawn[uniformInt(random, 0, last)]!++;
    const values = weigh(drawn);
    for (const name of METRICS) if (values[name] !== null) found.get(name)!.push(values[name]);
    since += scored.length;
    if (since >= AT_ONCE) {
      since = 0;
      await nextTurn();
    }
  }
  const interval = (name: keyof Values, value: number | null): Interval | null => {
    const values = Float64Array.from(found.get(name)!).sort();
    if (value === null || values.length < resamples / 2) return null;
    return { value, low: quantile(values, 0.025), high: quantile(values, 0.975) };
  };
  const error = interval('calibrationError', calibrationError(scored, BINS));
  const byChance = error && (await errorByChance(scored, { seed, resamples }));
  return {
    seed,
    resamples,
    f1: interval('f1', f1(confusion(scored, threshold))),
    f1OfClass0: interval('f1OfClass0', f1OfClass0(confusion(scored, threshold))),
    rocAuc: interval('rocAuc', rocAuc(scored)),
    averagePrecision: interval('averagePrecision', averagePrecision(scored)),
    calibrationError: error && calibrationInterval(error, byChance!),
  };
}

/**
 * 95% interval of the calibration error. The estimate is a sum of absolute values, so chance alone makes it larger than
 * the true error, and resamples repeat that. Their upper percentile is kept, which is usually too high rather than too low (of
 * confident predictions without an error it is too low). The lower end is that of the basic bootstrap (A. C. Davison and D. V. Hinkley, 1997), and 0 if the estimate is one that
 * perfectly calibrated probabilities would give (consistency resampling; J. Bröcker and L. A. Smith, 2007).
 *
 * @param byChance 97.5th percentile of the estimate with perfectly calibrated probabilities
 */
function calibrationInterval({ value, high }: Interval, byChance: number): Interval {
  return { value, low: value <= byChance ? 0 : Math.max(0, 2 * value - high), high: Math.max(value, high) };
}

/** 97.5th percentile of the calibration error if each label is drawn with its picture's probability. */
async function errorByChance(
  scored: readonly Scored[],
  { seed, resamples }: { seed: number; resamples: number },
): Promise<number> {
  const random = seededGenerator(seed, 1);
  const probabilities = Float64Array.from(scored, ({ probability }) => probability);
  const bins = Uint8Array.from(probabilities, (value) => binOf(value, BINS));
  const found = new Float64Array(resamples);
  for (let resample = 0, since = 0; resample < resamples; resample++) {
    const distances = new Float64Array(BINS);
    for (let row = 0; row < bins.length; row++) {
      const label = uniformFloat64(random) < probabilities[row]! ? 1 : 0;
      distances[bins[row]!]! += probabilities[row]! - label;
    }
    found[resample] = distances.reduce((sum, distance) => sum + Math.abs(distance), 0) / bins.length;
    since += bins.length;
    if (since >= AT_ONCE) {
      since = 0;
      await nextTurn();
    }
  }
  return quantile(found.sort(), 0.975);
}

/**
 * @returns a function that computes the metrics of a resample from the counts of each picture, [n] in the order of
 * `scored`
 */
function weighed(scored: readonly Scored[], threshold: number): (drawn: Uint32Array) => Values {
  const order = scored.map((_, index) => index);
  order.sort((a, b) => scored[b]!.probability - scored[a]!.probability);
  const rows = Uint32Array.from(order);
  const labels = Uint8Array.from(rows, (row) => scored[row]!.label);
  const probabilities = Float64Array.from(rows, (row) => scored[row]!.probability);
  const predicted = Uint8Array.from(probabilities, (value) => classAt(value, threshold));
  const bins = Uint8Array.from(probabilities, (value) => binOf(value, BINS));
  return (drawn) => {
    let [positives, negatives, area, precisions] = [0, 0, 0, 0];
    let [truePredicted, allPredicted] = [0, 0];
    const [hits, sums] = [new Float64Array(BINS), new Float64Array(BINS)];
    // Pictures with equal probabilities form one step, as in `curve`.
    let [ones, zeros] = [0, 0];
    for (let at = 0; at < rows.length; at++) {
      const count = drawn[rows[at]!]!;
      const label = labels[at]!;
      const probability = probabilities[at]!;
      if (label === 1) ones += count;
      else zeros += count;
      if (predicted[at] === 1) {
        allPredicted += count;
        truePredicted += label * count;
      }
      hits[bins[at]!]! += label * count;
      sums[bins[at]!]! += probability * count;
      if (at + 1 < rows.length && probabilities[at + 1] === probability) continue;
      area += zeros * (positives + ones / 2);
      positives += ones;
      negatives += zeros;
      if (ones > 0) precisions += ones * (positives / (positives + negatives));
      [ones, zeros] = [0, 0];
    }
    const total = allPredicted + positives;
    const count = positives + negatives;
    // Of class 0, from what is left of each count.
    const totalOf0 = 2 * count - total;
    const truePredictedAs0 = negatives - (allPredicted - truePredicted);
    return {
      f1OfClass0: totalOf0 === 0 ? null : (2 * truePredictedAs0) / totalOf0,
      f1: total === 0 ? null : (2 * truePredicted) / total,
      rocAuc: positives === 0 || negatives === 0 ? null : area / (positives * negatives),
      averagePrecision: positives === 0 ? null : precisions / positives,
      calibrationError: hits.reduce((sum, hit, bin) => sum + Math.abs(sums[bin]! - hit), 0) / count,
    };
  };
}
