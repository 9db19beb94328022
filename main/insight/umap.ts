import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { UMAP } from 'umap-js';
import { seededGenerator } from '../support/random.ts';

/** Neighbours of each point, itself among them; the default of McInnes, Healy and Melville (2018). */
export const UMAP_NEIGHBOURS = 15;
const MIN_DIST = 0.1;
const SEED = 14;
/** Half the width of the start, as of the library's own random start. */
const START = 10;
/** Points at the same place would stay together: the start is moved by at most this. */
const NOISE = 1e-3;

/** The nearest rows of each row. */
export interface Neighbourhoods {
  /** [rows][count], nearest first. */
  rows: number[][];
  /** [rows][count] their distances. */
  distances: number[][];
}

/**
 * Places rows in the plane by UMAP so that neighbours stay together. Starts from given positions, such as those of a PCA,
 * and is seeded: the same neighbours and start give the same map.
 *
 * @param neighbourhoods each row's own index first, with distance 0
 * @param start [rows, 2] in any unit
 * @param onEpoch receives the epochs done and their number, after the graph of neighbours was built (0) and after each
 *   epoch; awaited
 * @returns [rows, 2]
 */
export async function umap(
  { rows, distances }: Neighbourhoods,
  start: Float32Array,
  onEpoch: (done: number, total: number) => Promise<void>,
): Promise<Float32Array> {
  const random = seededGenerator(SEED, rows.length);
  const layout = new UMAP({
    nComponents: 2,
    nNeighbors: rows[0]!.length,
    minDist: MIN_DIST,
    random: () => uniformFloat64(random),
  });
  layout.setPrecomputedKNN(rows, distances);
  // It only reads the number of rows, since the neighbours are given.
  const total = layout.initializeFit(rows);
  const points = layout.getEmbedding();
  const most = start.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  points.forEach((point, row) => {
    for (const axis of [0, 1]) {
      point[axis] = (start[2 * row + axis]! / most) * START + NOISE * uniformFloat64(random);
    }
  });
  await onEpoch(0, total);
  for (let epoch = 0; epoch < total; epoch++) {
    layout.step();
    await onEpoch(epoch + 1, total);
  }
  return Float32Array.from(points.flat());
}

/**
 * Places further rows at the mean of their neighbours on a map, weighted by 1 / distance².
 *
 * @param neighbourhoods rows of the map
 * @param points [rows of the map, 2]
 * @returns [rows, 2]
 */
export function placedByNeighbours({ rows, distances }: Neighbourhoods, points: Float32Array): Float32Array {
  const placed = new Float32Array(2 * rows.length);
  rows.forEach((neighbours, row) => {
    const weights = distances[row]!.map((distance) => 1 / Math.max(distance, 1e-6) ** 2);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    neighbours.forEach((neighbour, at) => {
      for (const axis of [0, 1]) {
        placed[2 * row + axis]! += (points[2 * neighbour + axis]! * weights[at]!) / sum;
      }
    });
  });
  return placed;
}
