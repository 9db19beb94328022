import { crossEntropyOfLogit, sigmoid } from '../../shared/metrics.ts';
import { finish, type Steps } from '../support/steps.ts';
import { curvatureSteps, solveByFactor, type Factor } from './curvature.ts';
import { minimiseSteps, type CurvaturePair } from './lbfgs.ts';
import { addScaled, dot, rowOf, type Matrix } from './matrix.ts';
import { fitStandardisation } from './standardise.ts';

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
  /** What the fit found out about the curvature, with which the next fit starts. */
  pairs: readonly CurvaturePair[];
  /** The whole curvature, for the next fits; null unless `curvatureOf` computed it. */
  factor: Factor | null;
  /** Passes over the rows that the fit took. */
  passes: number;
}

/** `fitProbeSteps` without interruption. */
export const fitProbe = (
  matrix: Matrix,
  labels: ArrayLike<number>,
  c?: number,
  start?: Probe | null,
): Probe => finish(fitProbeSteps(matrix, labels, c, start));

/**
 * Fits L2-regularised logistic regression on standardised columns: minimises ½‖w‖² + C · Σ cross-entropy without
 * a penalty on the bias, as scikit-learn's `make_pipeline(StandardScaler(), LogisticRegression(C=C))`.
 *
 * @param matrix [n, width], at least one row of each class
 * @param labels [n], 0 or 1
 * @param c inverse strength of the penalty, above 0
 * @param start a probe to start from, such as the previous one, which reaches the same minimum faster; default: zeros
 * @yields after each pass over the rows
 */
export function* fitProbeSteps(
  matrix: Matrix,
  labels: ArrayLike<number>,
  c = DEFAULT_C,
  start: Probe | null = null,
): Steps<Probe> {
  const { width } = matrix;
  const { mean, scale } = fitStandardisation(matrix);
  yield;
  const wanted = Float64Array.from(labels);
  const unscaled = new Float64Array(width);
  // The rows stay as they are: standardising is linear, so that it can be moved to the weights and the gradient.
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    let penalty = 0;
    let offset = at[width]!;
    for (let column = 0; column < width; column++) {
      const weight = at[column]!;
      penalty += weight * weight;
      const its = weight / scale[column]!;
      unscaled[column] = its;
      offset -= its * mean[column]!;
    }
    gradient.fill(0);
    const loss = addLoss(matrix, wanted, unscaled, offset, gradient);
    const errors = gradient[width]!;
    for (let column = 0; column < width; column++) {
      const sum = (gradient[column]! - errors * mean[column]!) / scale[column]!;
      gradient[column] = at[column]! + c * sum;
    }
    gradient[width] = c * errors;
    return penalty / 2 + c * loss;
  };
  const from = new Float64Array(width + 1);
  if (start) {
    from.set(start.weights.map((weight, column) => weight * scale[column]!));
    from[width] = start.weights.reduce((sum, weight, column) => sum + weight * mean[column]!, start.bias);
  }
  const factor = start?.factor ?? null;
  const { x, pairs, evaluations } = yield* minimiseSteps(objective, from, {
    pairs: start?.pairs ?? [],
    precondition: factor && ((vector) => solveByFactor(factor, vector)),
  });
  const weights = x.subarray(0, width).map((weight, column) => weight / scale[column]!);
  const bias = weights.reduce((sum, weight, column) => sum - weight * mean[column]!, x[width]!);
  return { weights, bias, pairs, factor, passes: evaluations };
}

/**
 * The curvature where a probe is fitted, with which fits to similar rows and labels take a few passes, also where columns
 * are strongly correlated.
 *
 * @param matrix as for the fit
 * @param c as for the fit
 * @yields every few milliseconds
 */
export function* curvatureOf(probe: Probe, matrix: Matrix, c = DEFAULT_C): Steps<Factor> {
  const standardisation = fitStandardisation(matrix);
  yield;
  const weights = Float64Array.from(predictProbe(probe, matrix), (value) => c * value * (1 - value));
  yield;
  return yield* curvatureSteps(matrix, weights, standardisation);
}

/**
 * Sum of the cross-entropy of all rows. Adds its gradient to `gradient` [width + 1]: for the weights, then the bias. Four
 * rows at a time, since reading and writing the weights and their gradient takes longer than the arithmetic.
 */
function addLoss(
  { rows, width, data }: Matrix,
  labels: Float64Array,
  weights: Float64Array,
  bias: number,
  gradient: Float64Array,
): number {
  let loss = 0;
  const errorOf = (row: number, logit: number): number => {
    const label = labels[row]!;
    loss += crossEntropyOfLogit(logit, label);
    const error = sigmoid(logit) - label;
    gradient[width]! += error;
    return error;
  };
  const whole = rows - (rows % 4);
  for (let row = 0; row < whole; row += 4) {
    const [first, second, third, fourth] = [
      row * width,
      (row + 1) * width,
      (row + 2) * width,
      (row + 3) * width,
    ];
    let [a, b, c, d] = [bias, bias, bias, bias];
    for (let column = 0; column < width; column++) {
      const weight = weights[column]!;
      a += data[first + column]! * weight;
      b += data[second + column]! * weight;
      c += data[third + column]! * weight;
      d += data[fourth + column]! * weight;
    }
    a = errorOf(row, a);
    b = errorOf(row + 1, b);
    c = errorOf(row + 2, c);
    d = errorOf(row + 3, d);
    for (let column = 0; column < width; column++) {
      gradient[column]! +=
        a * data[first + column]! +
        b * data[second + column]! +
        (c * data[third + column]! + d * data[fourth + column]!);
    }
  }
  for (let row = whole; row < rows; row++) {
    const values = rowOf({ rows, width, data }, row);
    const error = errorOf(row, bias + dot(values, weights));
    addScaled(gradient, values, error);
  }
  return loss;
}

/** Probabilities of class 1, one per row, 0..1. */
export function predictProbe(
  { weights, bias }: Pick<Probe, 'weights' | 'bias'>,
  matrix: Matrix,
): Float64Array {
  const { rows } = matrix;
  const probabilities = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    probabilities[row] = sigmoid(bias + dot(rowOf(matrix, row), weights));
  }
  return probabilities;
}
