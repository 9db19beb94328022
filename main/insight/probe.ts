import { crossEntropyOfLogit, sigmoid } from '../../shared/metrics.ts';
import { minimise } from './lbfgs.ts';
import { addScaled, dot, rowOf, type Matrix } from './matrix.ts';
import { fitStandardisation, standardise } from './standardise.ts';

/**
 * Inverse strength of the L2 penalty, as scikit-learn's `C`. Small, since there are usually fewer labels than columns,
 * and a few labels should not give extreme probabilities.
 */
export const DEFAULT_C = 0.01;

/** A logistic regression on the vectors of the index. */
export interface Probe {
  /** [width] float64, for vectors as stored in the index: includes the standardisation. */
  weights: Float64Array;
  bias: number;
}

/**
 * Fits L2-regularised logistic regression on standardised columns: minimises ½‖w‖² + C · Σ cross-entropy without
 * a penalty on the bias, as scikit-learn's `make_pipeline(StandardScaler(), LogisticRegression(C=C))`.
 *
 * @param matrix [n, width], at least one row of each class
 * @param labels [n], 0 or 1
 * @param c inverse strength of the penalty, above 0
 * @param start a probe to start from, such as the previous one, which reaches the same minimum faster; default: zeros
 */
export function fitProbe(
  matrix: Matrix,
  labels: ArrayLike<number>,
  c = DEFAULT_C,
  start: Probe | null = null,
): Probe {
  const { rows, width } = matrix;
  const standardisation = fitStandardisation(matrix);
  const x = standardise(matrix, standardisation);
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    let value = 0;
    for (let column = 0; column < width; column++) {
      const weight = at[column]!;
      value += 0.5 * weight * weight;
      gradient[column] = weight;
    }
    gradient[width] = 0;
    for (let row = 0; row < rows; row++) {
      const values = rowOf(x, row);
      const logit = at[width]! + dot(values, at);
      const label = labels[row]!;
      value += c * crossEntropyOfLogit(logit, label);
      const error = c * (sigmoid(logit) - label);
      addScaled(gradient, values, error);
      gradient[width] += error;
    }
    return value;
  };
  const { mean, scale } = standardisation;
  const from = new Float64Array(width + 1);
  if (start) {
    from.set(start.weights.map((weight, column) => weight * scale[column]!));
    from[width] = start.weights.reduce((sum, weight, column) => sum + weight * mean[column]!, start.bias);
  }
  const found = minimise(objective, from);
  const weights = found.subarray(0, width).map((weight, column) => weight / scale[column]!);
  const bias = weights.reduce((sum, weight, column) => sum - weight * mean[column]!, found[width]!);
  return { weights, bias };
}

/** Probabilities of class 1, one per row, 0..1. */
export function predictProbe({ weights, bias }: Probe, matrix: Matrix): Float64Array {
  const { rows } = matrix;
  const probabilities = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    probabilities[row] = sigmoid(bias + dot(rowOf(matrix, row), weights));
  }
  return probabilities;
}
