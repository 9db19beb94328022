import { binomialCdf } from './binomial.ts';
import { classAt, probabilityOf, type Scored } from '../../shared/metrics.ts';
import type { ClassGuarantee } from '../../shared/unsure.ts';

export interface SelectiveOptions {
  /** The wanted bound of the error rate, 0..1. Default 0.05. */
  risk?: number;
  /** Probability that the bound does not hold, 0..1. Default 0.05. */
  delta?: number;
}

/** Minimum number of answers, all correct, that bounds the error rate by `risk`: 59 for 5% at 95% confidence. */
export const fewestAnswers = (risk: number, delta: number): number =>
  Math.ceil(Math.log(delta) / Math.log1p(-risk));

/**
 * The numbers of answers that are tested, in this order: for 0, 1, 2, … errors, the fewest answers for which this number
 * of errors bounds the error rate by `risk` (for 5% at 95% confidence 59, 93, 124, …; from 20 errors on in steps of 5%).
 * They depend on nothing else.
 *
 * @param most only numbers below this
 */
export function testedCounts(risk: number, delta: number, most: number): number[] {
  const counts: number[] = [];
  const bounds = (errors: number, answers: number): boolean => binomialCdf(errors, answers, risk) <= delta;
  let errors = 0;
  for (let count = fewestAnswers(risk, delta); count < most;) {
    counts.push(count);
    errors += Math.max(1, Math.floor(errors / 20));
    let [low, high] = [count, most];
    if (!bounds(errors, high)) break;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (bounds(errors, middle)) high = middle;
      else low = middle;
    }
    count = high;
  }
  return counts;
}

/**
 * The lowest probability from which each class may be answered so that, with confidence 1 - delta per class, at most
 * `risk` of its answers are wrong on pictures of the same distribution. Selective classification (Geifman and El-Yaniv,
 * 2017) with fixed-sequence testing (Angelopoulos, Bates, Candès, Jordan and Lei, Learn then Test, 2021): the most confident 59,
 * 93, 124, … pictures (`testedCounts`), then all predicted as the class, are tested by the exact binomial test until one
 * test fails, which needs no correction for multiple tests. docs/decisions/unsure.md proves what this guarantees.
 *
 * @param scored pictures that the model was not trained on
 * @returns for class 0 and class 1
 */
export function selectiveGuarantee(
  scored: readonly Scored[],
  { risk = 0.05, delta = 0.05 }: SelectiveOptions = {},
): [ClassGuarantee, ClassGuarantee] {
  return [guarantee(scored, 0, risk, delta), guarantee(scored, 1, risk, delta)];
}

function guarantee(scored: readonly Scored[], label: 0 | 1, risk: number, delta: number): ClassGuarantee {
  const ordered = scored
    .filter(({ probability }) => classAt(probability, 0.5) === label)
    .map((one) => ({ confidence: probabilityOf(label, one.probability), isWrong: one.label !== label }))
    .sort((a, b) => b.confidence - a.confidence);
  const predicted = ordered.length;
  const found: ClassGuarantee = { from: null, answered: 0, wrong: 0, errorAtMost: null, predicted };
  let [answered, wrong] = [0, 0];
  for (const count of [...testedCounts(risk, delta, predicted), predicted]) {
    // Equal confidences can't be told apart, so they are answered together.
    while (
      answered < predicted &&
      (answered < count || ordered[answered]!.confidence === ordered[answered - 1]!.confidence)
    ) {
      if (ordered[answered++]!.isWrong) wrong++;
    }
    if (binomialCdf(wrong, answered, risk) > delta) break;
    const from = between(ordered[answered - 1]!.confidence, ordered[answered]?.confidence);
    Object.assign(found, { from, answered, wrong, errorAtMost: risk });
  }
  return found;
}

/** A border half-way between the last answered and the next confidence, so that rounding does not move a picture across. */
function between(last: number, next: number | undefined): number {
  if (next === undefined) return 0.5;
  const middle = (last + next) / 2;
  return middle > next ? middle : last;
}
