import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../main/insight/matrix.ts';
import {
  componentScores,
  principalComponents,
  principalComponentSteps,
  type PrincipalComponents,
  type RowSource,
} from '../../../main/insight/pca.ts';
import { RowBlocks } from '../../../main/insight/row-blocks.ts';
import { symmetricEigen } from '../../../main/insight/symmetric-eigen.ts';

interface Case {
  name: string;
  x: number[][];
  variances: number[];
  ratios: number[];
  scores: number[][];
}

/** Made with scikit-learn by test/reference/insight/make_pca.py. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../reference/insight/pca.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

/** Blocks of a few rows, so that a block ends in the middle. */
function source(rows: readonly number[][], blockRows = 7): RowSource {
  const width = rows[0]!.length;
  return {
    width,
    *blocks() {
      for (let first = 0; first < rows.length; first += blockRows) {
        const part = rows.slice(first, first + blockRows);
        const block: Matrix = { rows: part.length, width, data: Float32Array.from(part.flat()) };
        yield { block, first };
      }
    },
  };
}

function finish(steps: Generator<undefined, PrincipalComponents>): PrincipalComponents {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('principal components', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    'give the scores and variances of scikit-learn’s PCA, up to the sign: %s',
    (_, { x, variances, ratios, scores }) => {
      const rows = source(x);
      const found = principalComponents(rows, 2);
      const scale = Math.sqrt(variances[0]!);
      found.variances.forEach((value, index) => {
        expect(value / variances[0]!).toBeCloseTo(variances[index]! / variances[0]!, 6);
        expect(value / found.totalVariance).toBeCloseTo(ratios[index]!, 6);
      });
      componentScores(rows, x.length, found).forEach((column, index) => {
        const sign = Math.sign(column.reduce((sum, value, row) => sum + value * scores[row]![index]!, 0));
        const difference = Math.max(
          ...scores.map((row, at) => Math.abs(row[index]! - sign * column[at]!) / scale),
        );
        expect(difference).toBeLessThan(2e-4);
      });
    },
  );

  it('are found where all have the same variance', () => {
    // Corners of a regular tetrahedron: every direction has variance 1/3.
    const corners = [0, 1, 2, 3].map((corner) => [0, 1, 2, 3].map((axis) => Number(axis === corner)));
    const found = principalComponents(source(corners), 3);
    expect(found.variances).toHaveLength(3);
    found.variances.forEach((value) => expect(value).toBeCloseTo(1 / 3, 6));
  });

  it('are as many as the dimensions that the rows span', () => {
    const line = [0, 1, 2, 3, 4].map((at) => [at, 2 * at, 5]);
    expect(principalComponents(source(line), 2).variances).toHaveLength(1);
    expect(principalComponents(source([[1, 2, 3]]), 2).components).toEqual([]);
    const equal = source([
      [0.1, 0.7],
      [0.1, 0.7],
      [0.1, 0.7],
    ]);
    expect(principalComponents(equal, 2).components).toEqual([]);
  });

  it('are the same each time, and of the rows asked for only', () => {
    const { x } = cases[0]!;
    const blocks = new RowBlocks(x[0]!.length);
    x.forEach((row) => blocks.push(Float32Array.from(row)));
    const all = finish(principalComponentSteps(blocks, 2));
    expect(finish(principalComponentSteps(blocks, 2))).toEqual(all);
    const some = finish(principalComponentSteps(blocks, 2, (row) => row < 20));
    const alone = principalComponents(source(x.slice(0, 20)), 2);
    some.variances.forEach((value, index) => expect(value).toBeCloseTo(alone.variances[index]!, 6));
    expect(some.variances[0]).not.toBeCloseTo(all.variances[0]!, 3);
  });
});

it('eigenvectors of a symmetric matrix are orthonormal and multiply to it', () => {
  const size = 20;
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return Math.cos(row * column) + Math.cos(row + column);
  });
  const { values, vectors } = symmetricEigen(matrix.slice(), size);
  for (let index = 0; index < size; index++) {
    const vector = vectors.subarray(index * size, (index + 1) * size);
    expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 10);
    for (let row = 0; row < size; row++) {
      const product = vector.reduce((sum, value, column) => sum + matrix[row * size + column]! * value, 0);
      expect(product).toBeCloseTo(values[index]! * vector[row]!, 9);
    }
    if (index > 0) expect(values[index]!).toBeLessThanOrEqual(values[index - 1]!);
  }
});
