import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';
import { eachIndex, finish, type Steps } from '../support/steps.ts';
import { rowOf, takeRows, type Matrix } from './matrix.ts';

const ITERATIONS = 20;
/** Rows compared with all centres per step. */
const SOME = 64;
/** Number of centres that a row is compared with at once. */
const AT_ONCE = 4;

/**
 * Clusters rows by k-means++ (Arthur and Vassilvitskii, 2007) and Lloyd's algorithm.
 *
 * @param count number of clusters; limited to the number of rows
 * @param seed the same seed gives the same clusters
 * @returns the row nearest to each centre, without repetition; largest cluster first
 */
export const typicalRows = (matrix: Matrix, count: number, seed: number): number[] =>
  finish(typicalRowSteps(matrix, count, seed));

/** `typicalRows` in steps. @yields after some rows */
export function* typicalRowSteps(matrix: Matrix, count: number, seed: number): Steps<number[]> {
  const wanted = Math.min(count, matrix.rows);
  if (wanted === 0) return [];
  let centres = yield* firstCentres(matrix, wanted, seed);
  let nearestCentre = yield* assign(matrix, centres);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    centres = means(matrix, centres, nearestCentre);
    yield;
    const next = yield* assign(matrix, centres);
    const isDone = next.every((centre, row) => centre === nearestCentre[row]);
    nearestCentre = next;
    if (isDone) break;
  }
  return nearestRows(matrix, centres, nearestCentre);
}

function* firstCentres(matrix: Matrix, count: number, seed: number): Steps<Matrix> {
  const random = seededGenerator(seed, count);
  const draw = (): number => uniformFloat64(random);
  const chosen = [Math.floor(draw() * matrix.rows)];
  const distances = new Float64Array(matrix.rows).fill(Infinity);
  while (chosen.length < count) {
    yield;
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

/** The nearest centre of each row: |x - c|² is least where x · c - |c|² / 2 is greatest. */
function* assign(matrix: Matrix, centres: Matrix): Steps<Int32Array> {
  const nearestCentre = new Int32Array(matrix.rows);
  const all = Array.from({ length: centres.rows }, (_, centre) => Float64Array.from(rowOf(centres, centre)));
  const halves = all.map((centre) => centre.reduce((sum, value) => sum + value * value, 0) / 2);
  const last = all.length - 1;
  const products = new Float64Array(AT_ONCE);
  yield* eachIndex(matrix.rows, SOME, (row) => {
    const values = rowOf(matrix, row);
    let [best, most] = [0, -Infinity];
    for (let first = 0; first <= last; first += AT_ONCE) {
      // Where fewer are left, the last one is repeated.
      const at = (offset: number): number => Math.min(first + offset, last);
      dotFour(values, all[first]!, all[at(1)]!, all[at(2)]!, all[at(3)]!, products);
      for (let offset = 0; offset < AT_ONCE; offset++) {
        const nearness = products[offset]! - halves[at(offset)]!;
        if (nearness > most) [best, most] = [at(offset), nearness];
      }
    }
    nearestCentre[row] = best;
  });
  return nearestCentre;
}

/** Dot products of a row with four vectors: twice as fast as one by one, since each value is read and converted once. */
function dotFour(
  values: Float32Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  products: Float64Array,
): void {
  let sumA = 0;
  let sumB = 0;
  let sumC = 0;
  let sumD = 0;
  for (let column = 0; column < values.length; column++) {
    const value = values[column]!;
    sumA += value * a[column]!;
    sumB += value * b[column]!;
    sumC += value * c[column]!;
    sumD += value * d[column]!;
  }
  products[0] = sumA;
  products[1] = sumB;
  products[2] = sumC;
  products[3] = sumD;
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

/** In four independent sums, since no addition waits for the previous one then. */
function squaredDistance(a: Float32Array, b: Float32Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let column = 0; column < whole; column += 4) {
    const [one, two] = [a[column]! - b[column]!, a[column + 1]! - b[column + 1]!];
    const [three, four] = [a[column + 2]! - b[column + 2]!, a[column + 3]! - b[column + 3]!];
    first += one * one;
    second += two * two;
    third += three * three;
    fourth += four * four;
  }
  for (let column = whole; column < a.length; column++) first += (a[column]! - b[column]!) ** 2;
  return first + second + (third + fourth);
}
