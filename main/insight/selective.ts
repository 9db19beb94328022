import { binomialCdf, upperBound } from './binomial.ts';
import type { Scored } from '../../shared/metrics.ts';
import type { ClassGuarantee } from '../../shared/unsure.ts';

export interface SelectiveOptions {
  /** The wanted bound of the error rate, 0..1. Default 0.05. */
  risk?: number;
  /** Probability that the bound does not hold, 0..1. Default 0.05. */
  delta?: number;
}

/** Candidate thresholds, highest first; fixed in advance, independent of the pictures. */
const GRID = [
  ...Array.from({ length: 20 }, (_, index) => 0.9995 - index * 0.0005),
  ...Array.from({ length: 40 }, (_, index) => 0.9875 - index * 0.0125),
].filter((at) => at >= 0.5);

/** Minimum number of answers, all correct, that bounds the error rate by `risk`: 59 for 5% at 95% confidence. */
export const fewestAnswers = (risk: number, delta: number): number =>
  Math.ceil(Math.log(delta) / Math.log1p(-risk));

/**
 * The lowest probability from which each class may be answered so that, with confidence 1 - delta per class, at most
 * `risk` of its answers are wrong on pictures of the same distribution. Selective classification (Geifman and El-Yaniv,
 * 2017) with fixed-sequence testing (Angelopoulos, Bates, Candès, Jordan and Lei, Learn then Test, 2021): thresholds
 * are tested from the highest down by the exact binomial test until one fails, which needs no correction for multiple
 * tests. Thresholds with too few answers for any bound are skipped, whatever the answers.
 *
 * @param scored pictures that the model was not trained on
 * @returns for class 0 and class 1
 */
export function selectiveGuarantee(
  scored: readonly Scored[],
  { risk = 0.05, delta = 0.05 }: SelectiveOptions = {},
): [ClassGuarantee, ClassGuarantee] {
  const of = (label: 0 | 1): ClassGuarantee => {
    const predicted = scored
      .map((one) => ({
        probability: label === 1 ? one.probability : 1 - one.probability,
        isWrong: one.label !== label,
      }))
      .filter(({ probability }) => probability >= 0.5);
    const fewest = fewestAnswers(risk, delta);
    const guarantee: ClassGuarantee = {
      from: null,
      answered: 0,
      wrong: 0,
      errorAtMost: null,
      predicted: predicted.length,
    };
    for (const from of GRID) {
      const answers = predicted.filter(({ probability }) => probability >= from);
      if (answers.length < fewest) continue;
      const wrong = answers.filter(({ isWrong }) => isWrong).length;
      if (binomialCdf(wrong, answers.length, risk) > delta) break;
      Object.assign(guarantee, {
        from,
        answered: answers.length,
        wrong,
        errorAtMost: upperBound(wrong, answers.length, delta),
      });
    }
    return guarantee;
  };
  return [of(0), of(1)];
}
