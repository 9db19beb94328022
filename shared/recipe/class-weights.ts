/** One number above 0, in digits. */
const WEIGHT = String.raw`(?=[\d.]*[1-9])(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})`;

/** The values of `classWeights`: `none`, `balanced`, or the weights of class 0 and class 1 as `A:B`. */
export const CLASS_WEIGHTS = new RegExp(`^(?:none|balanced|${WEIGHT}:${WEIGHT})$`);

/**
 * The weights that `classWeights` gives the two classes.
 *
 * @param counts training pictures of class 0 and class 1, neither of them 0
 * @returns `balanced`: n / (2 · pictures of the class), as scikit-learn's compute_class_weight
 */
export function weightsOfClasses(
  classWeights: string,
  counts: readonly [number, number],
): [zero: number, one: number] {
  if (classWeights === 'none') return [1, 1];
  if (classWeights === 'balanced') {
    const total = counts[0] + counts[1];
    return [total / (2 * counts[0]), total / (2 * counts[1])];
  }
  return classWeights.split(':').map(Number) as [number, number];
}

/** From how many times as many pictures the larger class makes training tend to predict it. */
const IMBALANCE = 3;

/** How many times as many pictures the larger class has, where that calls for class weights; else null. */
export function imbalance(counts: readonly [number, number]): number | null {
  const [fewer, more] = [Math.min(...counts), Math.max(...counts)];
  return fewer > 0 && more >= IMBALANCE * fewer ? more / fewer : null;
}
