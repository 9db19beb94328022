import { classFigures, curve, type Confusion, type Scored } from '../../shared/metrics.ts';

/** What a threshold is picked for: the best F1 of a class, or a precision or recall of at least `atLeast` (0..1). */
export type ThresholdGoal =
  { kind: 'f1'; class: 0 | 1 } | { kind: 'precision' | 'recall'; class: 0 | 1; atLeast: number };

/**
 * The threshold that meets a goal on these pictures: the highest F1, or the highest recall among those with enough
 * precision (and the reverse). Of several the one nearest to 0.5.
 *
 * @returns null where no threshold meets the goal
 */
export function pickThreshold(scored: readonly Scored[], goal: ThresholdGoal): number | null {
  let best: { threshold: number; value: number } | null = null;
  for (const { threshold, confusion } of thresholds(scored)) {
    const { precision, recall, f1 } = classFigures(confusion, goal.class);
    const [reached, value] =
      goal.kind === 'f1' ? [f1, f1] : goal.kind === 'precision' ? [precision, recall] : [recall, precision];
    if (!reached || !value || (goal.kind !== 'f1' && reached.value < goal.atLeast)) continue;
    const isBetter =
      best === null ||
      value.value > best.value ||
      (value.value === best.value && Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5));
    if (isBetter) best = { threshold, value: value.value };
  }
  return best?.threshold ?? null;
}

/** One threshold between each two neighbouring probabilities, with what it gives. */
function thresholds(scored: readonly Scored[]): { threshold: number; confusion: Confusion }[] {
  const points = curve(scored);
  const { truePositives: positives, falsePositives: negatives } = points.at(-1) ?? {
    truePositives: 0,
    falsePositives: 0,
  };
  const ends = [
    { threshold: 1, truePositives: 0, falsePositives: 0 },
    ...points,
    { threshold: 0, truePositives: positives, falsePositives: negatives },
  ];
  return ends.slice(0, -1).flatMap(({ threshold: above, truePositives, falsePositives }, index) => {
    const below = ends[index + 1]!.threshold;
    // A picture with a probability of exactly 0 or 1 is not divided from the end of the scale.
    if (above <= below) return [];
    return {
      threshold: between(below, above),
      confusion: [
        [negatives - falsePositives, falsePositives],
        [positives - truePositives, truePositives],
      ] satisfies Confusion,
    };
  });
}

/** The shortest decimal fraction from `low` up to, but not including, `high`; as near to their middle as it can be. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let digits = 2; digits < 16; digits++) {
    const rounded = Number(middle.toFixed(digits));
    if (rounded >= low && rounded < high) return rounded;
  }
  return low;
}
