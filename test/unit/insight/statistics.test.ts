import { readFileSync } from 'node:fs';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { solveByFactor } from '../../../main/insight/curvature.ts';
import { rankLabelErrors } from '../../../main/insight/label-errors.ts';
import type { Matrix } from '../../../main/insight/matrix.ts';
import { nearest, normalised } from '../../../main/insight/neighbours.ts';
import { outOfFold } from '../../../main/insight/out-of-fold.ts';
import { curvatureOf, fitProbe, predictProbe } from '../../../main/insight/probe.ts';
import { fitStandardisation } from '../../../main/insight/standardise.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { finish } from '../../../main/support/steps.ts';

/** Made with scikit-learn and cleanlab by test/reference/insight/make_insight.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../reference/insight/insight.json', import.meta.url), 'utf8'),
) as {
  probe: { x: number[][]; y: (0 | 1)[]; c: number; probabilities: number[] }[];
  labelErrors: {
    labels: (0 | 1)[];
    probabilities: number[];
    selfConfidence: number[];
    errors: number[];
  }[];
  cosine: { vectors: number[][]; similarity: number[][] };
};

const matrixOf = (rows: number[][]): Matrix => ({
  rows: rows.length,
  width: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});

describe('the probe', () => {
  it.each(reference.probe.map((one) => [`${one.x.length} × ${one.x[0]!.length}, C ${one.c}`, one] as const))(
    'gives the probabilities of scikit-learn’s StandardScaler and LogisticRegression: %s',
    (_, { x, y, c, probabilities }) => {
      const matrix = matrixOf(x);
      const predicted = predictProbe(fitProbe(matrix, y, c), matrix);
      const difference = Math.max(...probabilities.map((value, row) => Math.abs(value - predicted[row]!)));
      expect(difference).toBeLessThan(5e-4);
    },
  );

  it.each(reference.probe.map((one) => [`${one.x.length} × ${one.x[0]!.length}, C ${one.c}`, one] as const))(
    'gives the same where it starts from the probe of fewer, or of other labels: %s',
    (_, { x, y, c, probabilities }) => {
      const matrix = matrixOf(x);
      const fewer = x.length - 3;
      const flipped = y.map((label, row): 0 | 1 => (row % 5 === 0 && label === 0 ? 1 : label));
      const starts = [
        fitProbe(matrixOf(x.slice(0, fewer)), y.slice(0, fewer), c),
        fitProbe(matrix, flipped, c),
        fitProbe(
          matrix,
          y.map((label) => 1 - label),
          c,
        ),
      ];
      const withCurvature = starts.map((start) => ({
        ...start,
        factor: finish(curvatureOf(start, matrix, c)),
      }));
      for (const start of [...starts, ...withCurvature]) {
        const predicted = predictProbe(fitProbe(matrix, y, c, start), matrix);
        const difference = Math.max(...probabilities.map((value, row) => Math.abs(value - predicted[row]!)));
        expect(difference).toBeLessThan(5e-4);
      }
    },
  );
});

describe('the curvature of the probe', () => {
  /** Rows of a few strong directions, as the vectors of photographs: hard to fit without it. */
  const random = seededGenerator(5);
  const draw = (): number => uniformFloat64(random) - 0.5;
  const directions = Array.from({ length: 8 }, () => Array.from({ length: 60 }, draw));
  const rows = Array.from({ length: 403 }, () => {
    const along = directions.map(draw);
    return directions[0]!.map(
      (_, column) =>
        1 + directions.reduce((sum, direction, at) => sum + 5 * along[at]! * direction[column]!, draw() / 20),
    );
  });
  const labels = rows.map((row): 0 | 1 => (row[0]! + row[1]! + draw() > 2 ? 1 : 0));
  const few = matrixOf(rows.slice(0, -3));
  const before = fitProbe(few, labels, 0.5);
  const factor = finish(curvatureOf(before, few, 0.5));

  it('is the second derivative of the objective: its product with a solution gives back the right side', () => {
    const { mean, scale } = fitStandardisation(few);
    const weights = predictProbe(before, few).map((value) => 0.5 * value * (1 - value));
    const right = Float64Array.from({ length: 61 }, draw);
    const solution = right.slice();
    solveByFactor(factor, solution);
    const back = solution.map((value, at) => (at < 60 ? value : 0));
    weights.forEach((weight, row) => {
      const x = [...rows[row]!.map((value, column) => (value - mean[column]!) / scale[column]!), 1];
      const product = weight * x.reduce((sum, value, at) => sum + value * solution[at]!, 0);
      x.forEach((value, at) => (back[at]! += value * product));
    });
    back.forEach((value, at) => expect(value).toBeCloseTo(right[at]!, 3));
  });

  it('saves most passes of the next fit, which reaches the same probabilities', () => {
    const all = matrixOf(rows);
    const [plain, fast] = [null, { ...before, factor }].map((start) => fitProbe(all, labels, 0.5, start));
    const warm = fitProbe(all, labels, 0.5, before);
    expect(plain!.passes).toBeGreaterThan(25);
    expect(fast!.passes).toBeLessThan(8);
    expect(fast!.passes).toBeLessThan(warm.passes);
    const expected = predictProbe(plain!, all);
    predictProbe(fast!, all).forEach((value, row) => expect(value).toBeCloseTo(expected[row]!, 3));
  });
});

describe('out-of-fold probabilities', () => {
  /** Two columns, the first of which tells the class, and a picture that is there three times. */
  const labels = Array.from({ length: 40 }, (_, row) => (row % 2) as 0 | 1);
  const rows = labels.map((label, row) => [label + Math.sin(row) / 4, Math.cos(row)]);
  const groups = labels.map((_, row) => (row < 6 ? `copy ${row % 2}` : `picture ${row}`));

  it('come from probes not fitted to the row or a copy of it', () => {
    // A row whose label alone is wrong is predicted by its neighbours, so the probe contradicts the label.
    const wrong = labels.map((label, row): 0 | 1 => (row === 20 ? (label === 0 ? 1 : 0) : label));
    const probabilities = outOfFold(matrixOf(rows), wrong, groups, { c: 1 })!;
    expect(probabilities[20]! > 0.5).toBe(labels[20] === 1);
    // Copies are predicted by the same probe.
    const copies = outOfFold(
      matrixOf(rows.map((row, index) => (index < 6 ? rows[index % 2]! : row))),
      labels,
      groups,
    )!;
    expect(copies[0]).toBe(copies[2]);
    expect(copies[1]).toBe(copies[5]);
  });

  it('are the same for the same seed, whatever the order of the rows', () => {
    const first = outOfFold(matrixOf(rows), labels, groups, { seed: 3 })!;
    const reversed = outOfFold(matrixOf(rows.toReversed()), labels.toReversed(), groups.toReversed(), {
      seed: 3,
    })!.toReversed();
    first.forEach((value, row) => expect(reversed[row]).toBeCloseTo(value, 4));
  });

  it('are null if a class has a single row', () => {
    expect(outOfFold(matrixOf(rows.slice(0, 3)), [0, 0, 1], ['a', 'b', 'c'])).toBeNull();
  });
});

describe('label errors', () => {
  it.each(reference.labelErrors.map((one) => [`${one.labels.length} labels`, one] as const))(
    'are those of cleanlab’s confident learning, ranked by self-confidence: %s',
    (_, { labels, probabilities, selfConfidence, errors }) => {
      const suspects = rankLabelErrors(labels, probabilities);
      for (const { row, selfConfidence: own } of suspects) expect(own).toBeCloseTo(selfConfidence[row]!, 12);
      expect(suspects.map((one) => one.selfConfidence)).toEqual(
        suspects.map((one) => one.selfConfidence).toSorted((a, b) => a - b),
      );
      const found = suspects.flatMap(({ row, isLikelyError }) => (isLikelyError ? [row] : []));
      expect(found.toSorted((a, b) => a - b)).toEqual(errors);
    },
  );
});

describe('neighbours', () => {
  it('have the cosine similarities of scikit-learn, the most similar first', () => {
    const { vectors, similarity } = reference.cosine;
    const unit = normalised(matrixOf(vectors));
    vectors.forEach((vector, row) => {
      const found = nearest(unit, Float32Array.from(vector), { count: 5, except: (other) => other === row });
      const expected = similarity[row]!.map((value, other) => ({ row: other, value }))
        .filter(({ row: other }) => other !== row)
        .sort((a, b) => b.value - a.value)
        .slice(0, 5);
      expect(found.map((one) => one.row)).toEqual(expected.map((one) => one.row));
      found.forEach((one, index) => expect(one.similarity).toBeCloseTo(expected[index]!.value, 5));
    });
  });
});
