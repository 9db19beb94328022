import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';
import { eachIndex, finish, type Steps } from '../support/steps.ts';
import { rowOf, takeRows, type Matrix } from './matrix.ts';

const ITERATIONS = 20;
/** Rows compared with all centres per step. */
const SOME = 64;

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

function* assign(matrix: Matrix, centres: Matrix): Steps<Int32Array> {
  const nearestCentre = new Int32Array(matrix.rows);
  yield* eachIndex(matrix.rows, SOME, (row) => {
    const values = rowOf(matrix, row);
    let [best, least] = [0, Infinity];
    for (let centre = 0; centre < centres.rows; centre++) {
      const distance = squaredDistance(values, rowOf(centres, centre));
      if (distance < least) [best, least] = [centre, distance];
    }
    nearestCentre[row] = best;
  });
  return nearestCentre;
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
