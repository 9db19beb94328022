import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binomialCdf } from '../../../main/insight/binomial.ts';
import { calibrationError, fitTemperature, lossAt, reliability } from '../../../main/insight/calibration.ts';
import { metricIntervals } from '../../../main/insight/metric-intervals.ts';
import { mcnemarExact } from '../../../main/insight/mcnemar.ts';
import {
  averagePrecision,
  confusion,
  f1,
  f1OfClass0,
  rocAuc,
  sigmoid,
  type Interval,
  type Scored,
} from '../../../shared/metrics.ts';
import { bootstrap } from './bootstrap.ts';

/** Made with SciPy, statsmodels and scikit-learn by test/reference/insight/make_statistics.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../reference/insight/statistics.json', import.meta.url), 'utf8'),
) as {
  mcnemar: { a: number; b: number; p: number }[];
  binomial: { k: number; n: number; p: number; cdf: number }[];
  upperBound: { k: number; n: number; bound: number }[];
  calibration: {
    logits: number[];
    labels: (0 | 1)[];
    observed: number[];
    predicted: number[];
    temperature: number;
    loss: number;
    lossScaled: number;
  }[];
  auc: { labels: (0 | 1)[]; scores: number[]; value: number; low: number; high: number };
  metricIntervals: Record<'f1' | 'f1OfClass0' | 'averagePrecision' | 'calibrationError', Interval>;
};

describe('McNemar’s exact test', () => {
  it.each(reference.mcnemar)('equals statsmodels’ for $a and $b', ({ a, b, p }) => {
    expect(mcnemarExact(a, b)).toBeCloseTo(p, 10);
  });
});

describe('the binomial distribution', () => {
  it.each(reference.binomial)('equals SciPy’s: $k of $n at $p', ({ k, n, p, cdf }) => {
    expect(binomialCdf(k, n, p)).toBeCloseTo(cdf, 10);
  });

  it.each(reference.upperBound)(
    'is 5% at statsmodels’ Clopper–Pearson bound: $k of $n',
    ({ k, n, bound }) => {
      expect(binomialCdf(k, n, bound)).toBeCloseTo(k === n ? 1 : 0.05, 8);
    },
  );
});

describe('calibration', () => {
  it.each(reference.calibration)(
    'has scikit-learn’s reliability curve',
    ({ logits, labels, ...expected }) => {
      const scored = logits.map((value, row) => ({ probability: sigmoid(value), label: labels[row]! }));
      const filled = reliability(scored).filter(({ count }) => count > 0);
      filled.forEach(({ predicted, observed }, bin) => {
        expect(predicted).toBeCloseTo(expected.predicted[bin]!, 10);
        expect(observed!.value).toBeCloseTo(expected.observed[bin]!, 10);
      });
      expect(filled).toHaveLength(expected.observed.length);
      const error = filled.reduce(
        (sum, { count }, bin) =>
          sum + (count / scored.length) * Math.abs(expected.predicted[bin]! - expected.observed[bin]!),
        0,
      );
      expect(calibrationError(scored)).toBeCloseTo(error, 10);
    },
  );

  it.each(reference.calibration)('finds SciPy’s temperature', ({ logits, labels, ...expected }) => {
    const temperature = fitTemperature(logits, labels);
    expect(temperature / expected.temperature).toBeCloseTo(1, 4);
    expect(lossAt(logits, labels)).toBeCloseTo(expected.loss, 9);
    expect(lossAt(logits, labels, temperature)).toBeCloseTo(expected.lossScaled, 9);
  });

  it('stays finite if the classes are separable', () => {
    expect(fitTemperature([-3, -2, 2, 3], [0, 0, 1, 1])).toBeCloseTo(0.01, 6);
  });
});

describe('bootstrap', () => {
  const { labels, scores, ...expected } = reference.auc;
  const scored = scores.map((probability, row): Scored => ({ probability, label: labels[row]! }));

  it('gives SciPy’s percentile interval of the area under the ROC curve', () => {
    const { value, low, high } = bootstrap(scored, rocAuc, { resamples: 4000 })!;
    expect(value).toBeCloseTo(expected.value, 10);
    expect(Math.abs(low - expected.low)).toBeLessThan(0.01);
    expect(Math.abs(high - expected.high)).toBeLessThan(0.01);
  });

  it('repeats itself with the same seed only', () => {
    expect(bootstrap(scored, rocAuc, { resamples: 200 })).toEqual(
      bootstrap(scored, rocAuc, { resamples: 200 }),
    );
    expect(bootstrap(scored, rocAuc, { resamples: 200, seed: 2 })).not.toEqual(
      bootstrap(scored, rocAuc, { resamples: 200 }),
    );
  });

  it('is null if the statistic is', () => {
    expect(bootstrap([{ probability: 0.5, label: 1 as const }], rocAuc)).toBeNull();
  });
});

describe('intervals of several metrics at once', () => {
  const { labels, scores } = reference.auc;
  const scored = scores.map((probability, row): Scored => ({ probability, label: labels[row]! }));

  it('are those of the bootstrap of each metric', async () => {
    const all = await metricIntervals(scored, { seed: 7, resamples: 300 });
    const options = { seed: 7, resamples: 300 };
    const error = bootstrap(scored, calibrationError, options)!;
    expectClose(all.rocAuc!, bootstrap(scored, rocAuc, options)!, 12);
    expectClose(all.averagePrecision!, bootstrap(scored, averagePrecision, options)!, 12);
    expectClose(
      all.f1!,
      bootstrap(scored, (some) => f1(confusion(some)), options)!,
      12,
    );
    expectClose(
      all.f1OfClass0!,
      bootstrap(scored, (some) => f1OfClass0(confusion(some)), options)!,
      12,
    );
    expectClose(all.calibrationError!, { ...error, low: 2 * error.value - error.high }, 12);
  });

  it('are SciPy’s percentile intervals of scikit-learn’s metrics', async () => {
    const all = await metricIntervals(scored, { resamples: 4000 });
    for (const name of ['f1', 'f1OfClass0', 'averagePrecision'] as const)
      expectClose(all[name]!, reference.metricIntervals[name], 1.7);
    const { value, high } = reference.metricIntervals.calibrationError;
    expectClose(all.calibrationError!, { value, low: 2 * value - high, high }, 1.7);
    for (const name of ['f1', 'f1OfClass0'] as const)
      expect(all[name]!.value).toBeCloseTo(reference.metricIntervals[name].value, 10);
  });

  it('are null if a metric is undefined, even with equal probabilities', async () => {
    const same = [0, 0, 0].map((): Scored => ({ probability: 0.25, label: 0 }));
    expect(await metricIntervals(same, { resamples: 50 })).toMatchObject({
      f1: null,
      rocAuc: null,
      averagePrecision: null,
      calibrationError: { value: 0.25, low: 0 },
    });
  });
});

function expectClose(found: Interval, expected: Interval, digits: number): void {
  for (const key of ['value', 'low', 'high'] as const) expect(found[key]).toBeCloseTo(expected[key], digits);
}
