import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededGenerator } from '../support/random.ts';
import { finish, type Steps } from '../support/steps.ts';
import { addScaled as addRow, dot, dotOfRows, rowOf } from './matrix.ts';
import type { RowBlock } from './row-blocks.ts';
import { symmetricEigenSteps, type Eigen } from './symmetric-eigen.ts';

/** Rows that are read block by block, such as the index of 100,000 pictures, which has 307 MB. */
export interface RowSource {
  width: number;
  /** The same each time. */
  blocks: () => Iterable<RowBlock>;
}

export interface PrincipalComponents {
  /** [width] */
  mean: Float64Array;
  /** [count, width] orthonormal, largest variance first; the largest element of each is positive. */
  components: Float64Array[];
  /** Variance of the rows along each component, with n - 1 degrees of freedom. */
  variances: number[];
  /** Sum of the variances of all columns. */
  totalVariance: number;
}

/** Residual of a converged eigenvalue, as a share of the largest eigenvalue. */
const TOLERANCE = 1e-7;
/** Maximum number of steps; enough to separate components of nearly equal variance. Each step reads all rows once. */
const MOST_STEPS = 80;
/** Minimum number of steps: before, an eigenvalue that is hardly present in the start vector may be missed. */
const FEWEST_STEPS = 12;
const SEED = 14;

/**
 * Principal component analysis by Lanczos' method with full reorthogonalisation (Golub and Van Loan, Matrix
 * Computations, section 10.3): the covariance is never formed, and each step reads the rows once.
 *
 * @param rows at least two different rows, for one component
 * @param count number of components; fewer are returned if the rows span fewer dimensions
 * @param uses whether to use a row; default: all
 * @yields after each block of rows
 */
export function* principalComponentSteps(
  rows: RowSource,
  count: number,
  uses: (row: number) => boolean = () => true,
): Generator<undefined, PrincipalComponents> {
  const { mean, used, totalVariance } = yield* moments(rows, uses);
  const { width } = rows;
  const most = Math.min(MOST_STEPS, width, used - 1);
  const random = seededGenerator(SEED, width);
  const basis: Float64Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  const covariance = (vector: Float64Array) => timesCovariance(rows, vector, mean, used, uses);
  /** A unit vector in the span of the rows and orthogonal to the basis; null if the basis spans it. */
  const fresh = function* (): Generator<undefined, Float64Array | null> {
    const drawn = yield* covariance(Float64Array.from({ length: width }, () => uniformFloat64(random) - 0.5));
    const before = norm(drawn);
    orthogonalise(drawn, basis);
    return norm(drawn) > before * 1e-9 && before > 0 ? scaled(drawn, 1 / norm(drawn)) : null;
  };
  let next = totalVariance > 0 ? yield* fresh() : null;
  while (next && basis.length < most) {
    basis.push(next);
    const product = yield* covariance(next);
    diagonal.push(dotOf(product, next));
    orthogonalise(product, basis);
    const length = norm(product);
    const isEnd = length <= totalVariance * 1e-12;
    beside.push(isEnd ? 0 : length);
    if (basis.length >= Math.min(most, FEWEST_STEPS) && basis.length % 3 === 0) {
      if (yield* isConverged(diagonal, beside, count)) break;
    }
    next = isEnd ? yield* fresh() : scaled(product, 1 / length);
  }
  return { mean, ...(yield* ritz(basis, diagonal, beside, count)), totalVariance };
}

/** `principalComponentSteps` without interruption. */
export const principalComponents = (rows: RowSource, count: number): PrincipalComponents =>
  finish(principalComponentSteps(rows, count));

/** `componentScoreSteps` without interruption. */
export const componentScores = (rows: RowSource, total: number, found: PrincipalComponents): Float32Array[] =>
  finish(componentScoreSteps(rows, total, found));

/**
 * Coordinates of every row along the components.
 *
 * @param total number of rows
 * @yields after each block of rows
 * @returns one [rows] array for each component
 */
export function* componentScoreSteps(
  rows: RowSource,
  total: number,
  { mean, components }: PrincipalComponents,
): Generator<undefined, Float32Array[]> {
  const scores = components.map(() => new Float32Array(total));
  const offsets = components.map((component) => dotOf(mean, component));
  for (const { block, first } of rows.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      const values = rowOf(block, row);
      components.forEach((component, at) => {
        scores[at]![first + row] = dot(values, component) - offsets[at]!;
      });
    }
    yield;
  }
  return scores;
}

function* moments(
  rows: RowSource,
  uses: (row: number) => boolean,
): Generator<undefined, { mean: Float64Array; used: number; totalVariance: number }> {
  const mean = new Float64Array(rows.width);
  let used = 0;
  let squares = 0;
  for (const { block, first } of rows.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      if (!uses(first + row)) continue;
      const values = rowOf(block, row);
      used++;
      addRow(mean, values, 1);
      squares += dotOfRows(values, values);
    }
    yield;
  }
  for (let column = 0; column < mean.length; column++) mean[column]! /= Math.max(1, used);
  const spread = squares - used * dotOf(mean, mean);
  // Below this the rows are equal up to rounding.
  const totalVariance = spread > squares * 1e-12 ? spread / Math.max(1, used - 1) : 0;
  return { mean, used, totalVariance };
}

function* timesCovariance(
  rows: RowSource,
  vector: Float64Array,
  mean: Float64Array,
  used: number,
  uses: (row: number) => boolean,
): Generator<undefined, Float64Array> {
  const product = new Float64Array(vector.length);
  const offset = dotOf(mean, vector);
  let sum = 0;
  for (const { block, first } of rows.blocks()) {
    for (let row = 0; row < block.rows; row++) {
      if (!uses(first + row)) continue;
      const values = rowOf(block, row);
      const score = dot(values, vector) - offset;
      sum += score;
      addRow(product, values, score);
    }
    yield;
  }
  for (let column = 0; column < product.length; column++) {
    product[column] = (product[column]! - sum * mean[column]!) / Math.max(1, used - 1);
  }
  return product;
}

/** Eigenvalues and eigenvectors of the tridiagonal matrix. */
function* eigen(diagonal: readonly number[], beside: readonly number[]): Steps<Eigen & { size: number }> {
  const size = diagonal.length;
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    matrix[row * size + row] = diagonal[row]!;
    if (row + 1 === size) continue;
    matrix[row * size + row + 1] = beside[row]!;
    matrix[(row + 1) * size + row] = beside[row]!;
  }
  return { size, ...(yield* symmetricEigenSteps(matrix, size)) };
}

function* isConverged(diagonal: readonly number[], beside: readonly number[], count: number): Steps<boolean> {
  const { size, values, vectors } = yield* eigen(diagonal, beside);
  if (size < count) return false;
  for (let index = 0; index < count; index++) {
    const residual = beside.at(-1)! * Math.abs(vectors[index * size + size - 1]!);
    if (residual > TOLERANCE * values[0]!) return false;
  }
  return true;
}

function* ritz(
  basis: readonly Float64Array[],
  diagonal: readonly number[],
  beside: readonly number[],
  count: number,
): Steps<Pick<PrincipalComponents, 'components' | 'variances'>> {
  const { size, values, vectors } = yield* eigen(diagonal, beside);
  const found = Math.min(count, size);
  const components = Array.from({ length: found }, (_, index) => {
    const component = new Float64Array(basis[0]!.length);
    basis.forEach((vector, row) => addScaled(component, vector, vectors[index * size + row]!));
    const largest = component.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    return scaled(component, Math.sign(largest) / norm(component));
  });
  return { components, variances: [...values.subarray(0, found)].map((value) => Math.max(0, value)) };
}

/** Removes the components along the basis; twice, since rounding leaves a remainder the first time. */
function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let time = 0; time < 2; time++) {
    for (const other of basis) addScaled(vector, other, -dotOf(vector, other));
  }
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

const norm = (vector: Float64Array): number => Math.sqrt(dotOf(vector, vector));

function addScaled(vector: Float64Array, other: Float64Array, factor: number): void {
  for (let at = 0; at < vector.length; at++) vector[at]! += factor * other[at]!;
}

const scaled = (vector: Float64Array, factor: number): Float64Array => vector.map((value) => value * factor);
