/**
 * Solves a small linear system by Gaussian elimination with partial pivoting, in place.
 *
 * @param matrix [n, n], row by row; overwritten
 * @param right [n]; overwritten by the solution
 * @returns the solution; null if the matrix is singular
 */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row * n + column]!) > Math.abs(matrix[pivot * n + column]!)) pivot = row;
    }
    if (!(Math.abs(matrix[pivot * n + column]!) > 1e-12)) return null;
    if (pivot !== column) {
      for (let at = 0; at < n; at++) {
        [matrix[pivot * n + at], matrix[column * n + at]] = [
          matrix[column * n + at]!,
          matrix[pivot * n + at]!,
        ];
      }
      [right[pivot], right[column]] = [right[column]!, right[pivot]!];
    }
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row * n + column]! / matrix[column * n + column]!;
      if (factor === 0) continue;
      for (let at = column; at < n; at++) matrix[row * n + at]! -= factor * matrix[column * n + at]!;
      right[row]! -= factor * right[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let at = row + 1; at < n; at++) right[row]! -= matrix[row * n + at]! * right[at]!;
    right[row]! /= matrix[row * n + row]!;
  }
  return right;
}
