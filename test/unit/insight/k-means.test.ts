import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { typicalRows } from '../../../main/insight/k-means.ts';

/** Made with scikit-learn by test/reference/insight/make_k_means.py. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../reference/insight/k_means.json', import.meta.url), 'utf8'),
) as { cases: { rows: number[][]; clusters: number; nearest: number[] }[] };

it.each(cases.map((one) => [one.clusters, one.rows[0]!.length, one] as const))(
  'finds the rows nearest to the centres of scikit-learn’s KMeans: %i clusters, %i columns',
  (_, width, { rows, clusters, nearest }) => {
    const matrix = { rows: rows.length, width, data: Float32Array.from(rows.flat()) };
    // A single start may end in a local optimum.
    const found = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((seed) => typicalRows(matrix, clusters, seed).join());
    expect(found).toContain(nearest.join());
  },
);
