import { finish, type Steps } from '../support/steps.ts';

/** Maximum number of sweeps, after which Jacobi's method has converged for small matrices. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, section 8.5).
 *
 * @param matrix [size, size] row-major; overwritten
 * @returns the eigenvalues, largest first, and `vectors` [size, size], an eigenvector of length 1 in each row
 */
export const symmetricEigen = (matrix: Float64Array, size: number): Eigen =>
  finish(symmetricEigenSteps(matrix, size));

export interface Eigen {
  values: Float64Array;
  vectors: Float64Array;
}

/** `symmetricEigen` in steps. @yields after each sweep */
export function* symmetricEigenSteps(matrix: Float64Array, size: number): Steps<Eigen> {
  const rotated = new Float64Array(size * size);
  for (let row = 0; row < size; row++) rotated[row * size + row] = 1;
  const scale = matrix.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let outside = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) outside += matrix[p * size + q]! ** 2;
    }
    if (outside <= scale * Number.EPSILON ** 2) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, rotated, size, p, q);
    }
    yield;
  }
  const order = Array.from({ length: size }, (_, index) => index);
  order.sort((a, b) => matrix[b * size + b]! - matrix[a * size + a]!);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => vectors.set(rotated.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (index) => matrix[index * size + index]!), vectors };
}

/** Rotates so that one pair of off-diagonal elements becomes zero. */
function rotate(matrix: Float64Array, rotated: Float64Array, size: number, p: number, q: number): void {
  const element = matrix[p * size + q]!;
  if (element === 0) return;
  const half = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * element);
  const tangent = (half >= 0 ? 1 : -1) / (Math.abs(half) + Math.sqrt(half * half + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) turn(matrix, k * size + p, k * size + q, cosine, sine);
  for (let k = 0; k < size; k++) turn(matrix, p * size + k, q * size + k, cosine, sine);
  for (let k = 0; k < size; k++) turn(rotated, p * size + k, q * size + k, cosine, sine);
}

function turn(values: Float64Array, a: number, b: number, cosine: number, sine: number): void {
  const [one, other] = [values[a]!, values[b]!];
  values[a] = cosine * one - sine * other;
  values[b] = sine * one + cosine * other;
}
