import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';
import { rowOf, takeRows, type Matrix } from './matrix.ts';

const ITERATIONS = 20;

/**
 * Clusters rows by k-means++ (Arthur and Vassilvitskii, 2007) and Lloyd's algorithm.
 *
 * @param count number of clusters; limited to the number of rows
 * @param seed the same seed gives the same clusters
 * @returns the row nearest to each centre, without repetition; largest cluster first
 */
export function typicalRows(matrix: Matrix, count: number, seed: number): number[] {
  const wanted = Math.min(count, matrix.rows);
  if (wanted === 0) return [];
  let centres = firstCentres(matrix, wanted, seed);
  let nearestCentre = assign(matrix, centres);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    centres = means(matrix, centres, nearestCentre);
    const next = assign(matrix, centres);
    const isDone = next.every((centre, row) => centre === nearestCentre[row]);
    nearestCentre = next;
    if (isDone) break;
  }
  return nearestRows(matrix, centres, nearestCentre);
}

function firstCentres(matrix: Matrix, count: number, seed: number): Matrix {
  const random = seededGenerator(seed, count);
  const draw = (): number => uniformFloat64(random);
  const chosen = [Math.floor(draw() * matrix.rows)];
  const distances = new Float64Array(matrix.rows).fill(Infinity);
  while (chosen.length < count) {
    const last = rowOf(matrix, chosen.at(-1)!);
    let total = 0;
    for (let row = 0; row < matrix.rows; row++) {
      distances[row] = Math.min(distances[row]!, squaredDistance(rowOf(matrix, row), last));
      total += distances[row]!;
    }
    // All remaining rows are copies of centres, so any will do.
    if (total === 0) {
      chosen.push(distances.findIndex((_, row) => !chosen.includes(row)));
      continue;
    }
    let rest = draw() * total;
    let row = 0;
    while (row < matrix.rows - 1 && (rest -= distances[row]!) > 0) row++;
    chosen.push(row);
  }
  return takeRows(matrix, chosen);
}

function assign(matrix: Matrix, centres: Matrix): Int32Array {
  return Int32Array.from({ length: matrix.rows }, (_, row) => {
    const values = rowOf(matrix, row);
    let [best, least] = [0, Infinity];
    for (let centre = 0; centre < centres.rows; centre++) {
      const distance = squaredDistance(values, rowOf(centres, centre));
      if (distance < least) [best, least] = [centre, distance];
    }
    return best;
  });
}

function means(matrix: Matrix, centres: Matrix, nearestCentre: Int32Array): Matrix {
  const sums = new Float64Array(centres.data.length);
  const counts = new Int32Array(centres.rows);
  const { width } = matrix;
  nearestCentre.forEach((centre, row) => {
    counts[centre]!++;
    const values = rowOf(matrix, row);
    for (let column = 0; column < width; column++) sums[centre * width + column]! += values[column]!;
  });
  // A centre without rows does not move.
  const data = centres.data.map((value, at) => {
    const count = counts[Math.floor(at / width)]!;
    return count === 0 ? value : sums[at]! / count;
  });
  return { ...centres, data };
}

function nearestRows(matrix: Matrix, centres: Matrix, nearestCentre: Int32Array): number[] {
  const members = Array.from({ length: centres.rows }, (): number[] => []);
  nearestCentre.forEach((centre, row) => members[centre]!.push(row));
  return members
    .map((rows, centre) => ({ rows, centre }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.rows.length - a.rows.length)
    .map(({ rows, centre }) => {
      const middle = rowOf(centres, centre);
      const distance = (row: number): number => squaredDistance(rowOf(matrix, row), middle);
      return rows.reduce((best, row) => (distance(row) < distance(best) ? row : best));
    });
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let column = 0; column < a.length; column++) sum += (a[column]! - b[column]!) ** 2;
  return sum;
}
