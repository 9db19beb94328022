/** Vectors of the same width, one a row: what the index holds of some pictures. */
export interface Matrix {
  rows: number;
  width: number;
  /** [rows, width] float32, row-major. */
  data: Float32Array;
}

/** A view of one row. */
export const rowOf = ({ data, width }: Matrix, row: number): Float32Array =>
  data.subarray(row * width, (row + 1) * width);

/** Some rows in the order asked for, in memory of their own. */
export function takeRows(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  const { width } = matrix;
  const data = new Float32Array(rows.length * width);
  for (let to = 0; to < rows.length; to++) data.set(rowOf(matrix, rows[to]!), to * width);
  return { rows: rows.length, width, data };
}
