import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, test } from 'vitest';
import { metricIntervals } from '../../../main/insight/metric-intervals.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { logit, sigmoid, type Scored } from '../../../shared/metrics.ts';

const PICTURES = 200;
const SAMPLES = 200;

/** The probability of class 1 where a run that is too certain by a factor gives p. */
const truth = (p: number, factor: number): number => sigmoid(logit(p) / factor);

/** Calibration error of evenly distributed probabilities, by integration: no sample and no chance. */
function trueError(factor: number): number {
  const STEPS = 2000;
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    let distance = 0;
    for (let step = 0; step < STEPS; step++) {
      const p = (bin + (step + 0.5) / STEPS) / 10;
      distance += p - truth(p, factor);
    }
    error += Math.abs(distance) / STEPS / 10;
  }
  return error;
}

// The interval of a perfectly calibrated run has to contain 0, though every sample's estimate is above it.
test.each([1, 1.1, 1.5, 2.5])(
  'the interval contains the true calibration error in at least nine of ten samples if logits are %d times too large',
  async (factor) => {
    const random = seededGenerator(3);
    const error = trueError(factor);
    let covered = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const scored = Array.from({ length: PICTURES }, (): Scored => {
        const probability = uniformFloat64(random);
        return { probability, label: uniformFloat64(random) < truth(probability, factor) ? 1 : 0 };
      });
      const { calibrationError } = await metricIntervals(scored, { resamples: 200, seed: sample + 1 });
      if (calibrationError!.low <= error && error <= calibrationError!.high) covered++;
    }
    expect(covered / SAMPLES).toBeGreaterThanOrEqual(0.9);
  },
);
