import { expect, it } from 'vitest';
import { nearest, normalised } from '../../../main/insight/neighbours.ts';
import { placedByNeighbours, umap } from '../../../main/insight/umap.ts';
import { rowOf } from '../../../main/insight/matrix.ts';
import { nearestRows, neighbourhoods } from '../../../main/jobs/nearest-rows.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

const WIDTH = 12;
const EACH = 40;
const CLUSTERS = 3;

/** Clusters around random directions; row r is in cluster r % CLUSTERS. The last row is a copy of the first. */
function clusters() {
  const random = seededGenerator(3);
  const draw = (): number => uniformFloat64(random) - 0.5;
  const centres = Array.from({ length: CLUSTERS }, () => Array.from({ length: WIDTH }, draw));
  const rows = CLUSTERS * EACH;
  const data = Float32Array.from({ length: rows * WIDTH }, (_, at) => {
    const row = Math.floor(at / WIDTH);
    return centres[row % CLUSTERS]![at % WIDTH]! + 0.4 * draw();
  });
  data.copyWithin((rows - 1) * WIDTH, 0, WIDTH);
  return normalised({ rows, width: WIDTH, data });
}

const nothing = (): Promise<void> => Promise.resolve();

it('finds the nearest rows of each row, itself first', async () => {
  const unit = clusters();
  const { rows, distances } = await neighbourhoods(unit, 6, nothing);
  rows.forEach((found, row) => {
    expect(found[0]).toBe(row);
    expect(distances[row]![0]).toBe(0);
    const wanted = nearest(unit, rowOf(unit, row), { count: 5, except: (other) => other === row });
    expect(found.slice(1).sort()).toEqual(wanted.map((one) => one.row).sort());
    wanted.forEach(({ similarity }, at) => expect(distances[row]![at + 1]).toBeCloseTo(1 - similarity, 5));
  });
});

it('keeps clusters together that the start mixes, and gives the same map for the same neighbours', async () => {
  const unit = clusters();
  const neighbours = await neighbourhoods(unit, 15, nothing);
  const random = seededGenerator(1);
  const start = Float32Array.from({ length: 2 * unit.rows }, () => uniformFloat64(random) - 0.5);
  const epochs: number[] = [];
  const compute = () => umap(neighbours, start, (done) => (epochs.push(done), Promise.resolve()));
  const points = await compute();
  expect(epochs).toEqual(Array.from({ length: 501 }, (_, done) => done));
  expect(await compute()).toEqual(points);
  const isTogether = Array.from({ length: unit.rows }, (_, row) => {
    const distances = Array.from({ length: unit.rows }, (__, other) =>
      other === row
        ? Infinity
        : Math.hypot(points[2 * row]! - points[2 * other]!, points[2 * row + 1]! - points[2 * other + 1]!),
    );
    return distances.indexOf(Math.min(...distances)) % CLUSTERS === row % CLUSTERS;
  });
  expect(isTogether.filter(Boolean).length / unit.rows).toBeGreaterThan(0.97);
});

it('places a further row near the rows of the map that are most similar', async () => {
  const unit = clusters();
  const own = await nearestRows(unit, unit, 3, nothing);
  const points = Float32Array.from({ length: 2 * unit.rows }, (_, at) => (at * 7) % 31);
  const placed = placedByNeighbours(own, points);
  // Each row is on the map: at distance 0 its own place outweighs the others.
  placed.forEach((value, at) => {
    // The first row and its copy are equally near.
    if (at < 2 || at >= 2 * (unit.rows - 1)) return;
    expect(value).toBeCloseTo(points[at]!, 1);
  });
  const between = placedByNeighbours(
    { rows: [[0, 1]], distances: [[0.2, 0.2]] },
    Float32Array.of(0, 0, 4, 2),
  );
  expect([...between]).toEqual([2, 1]);
});
