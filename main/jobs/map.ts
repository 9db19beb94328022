import type { MapJob, MapResult } from '../../shared/jobs/map.ts';
import { FEWEST_ON_MAP, MOST_FITTED, umapCost, umapMs } from '../../shared/map.ts';
import { indexStore } from '../insight/index-store.ts';
import { MapStore } from '../insight/map-store.ts';
import type { Matrix } from '../insight/matrix.ts';
import { normalised } from '../insight/neighbours.ts';
import { componentScores, principalComponents } from '../insight/pca.ts';
import { placedByNeighbours, umap, UMAP_NEIGHBOURS } from '../insight/umap.ts';
import { spread } from '../support/spread.ts';
import type { JobContext } from '../training/job-context.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { nearestRows, neighbourhoods } from './nearest-rows.ts';

/** A picture beyond `MOST_FITTED` is placed by this many neighbours. */
const PLACED_BY = 3;
/** So many of them at once, whose vectors are copied. */
const AT_ONCE = 4096;

/** Computes the map of some pictures by UMAP, from the exact neighbours of their vectors, and stores it. */
export async function runMapJob(job: MapJob, { control, emit }: JobContext): Promise<MapResult> {
  const { hashes: indexed, matrix } = await indexStore(job.cacheDir, job.model).read();
  const rowOfHash = new Map(indexed.map((hash, row) => [hash, row]));
  const wanted = [...new Set(job.pictures.map(({ sha256 }) => sha256))];
  const hashes = wanted.filter((hash) => rowOfHash.has(hash)).sort();
  if (hashes.length < FEWEST_ON_MAP) return { kind: 'map', placed: hashes.length };
  const unitOf = (some: readonly string[]): Matrix =>
    normalised(
      matrix,
      some.map((hash) => rowOfHash.get(hash)!),
    );
  const cost = umapCost(hashes.length);
  const all = umapMs(hashes.length);
  const meter = stageProgress('mapping', hashes.length, emit);
  let before = 0;
  /** Reports the progress of a part of the work. */
  const part = (ms: number) => async (share: number) => {
    meter.update(Math.floor((hashes.length * (before + ms * share)) / all));
    if (share === 1) before += ms;
    await control.turn();
  };
  // Hashes are random, so every so many of them in their order are a random sample.
  const fitted = spread(hashes, MOST_FITTED);
  const unit = unitOf(fitted);
  const count = Math.min(UMAP_NEIGHBOURS, unit.rows - 1);
  const neighbours = await neighbourhoods(unit, count, part(cost.neighbours));
  const start = principalScores(unit);
  await part(cost.graph)(0);
  const epochs = part(cost.epochs);
  const points = await umap(neighbours, start, (done, total) => {
    if (done === 0) before += cost.graph;
    return epochs(done / total);
  });
  const isFitted = new Set(fitted);
  const others = hashes.filter((hash) => !isFitted.has(hash));
  const placed = new Map(pairs(fitted, points));
  for (let first = 0; first < others.length; first += AT_ONCE) {
    const some = others.slice(first, first + AT_ONCE);
    const placing = part((cost.placing * some.length) / others.length);
    const nearest = await nearestRows(unitOf(some), unit, PLACED_BY, placing);
    for (const [hash, point] of pairs(some, placedByNeighbours(nearest, points))) placed.set(hash, point);
  }
  meter.update(hashes.length);
  const inOrder = Float32Array.from(hashes.flatMap((hash) => placed.get(hash)!));
  await new MapStore(job.cacheDir, job.model).write('umap', { hashes, points: inOrder, explained: [] });
  return { kind: 'map', placed: hashes.length };
}

/** [rows, 2] the first two principal components. */
function principalScores(unit: Matrix): Float32Array {
  const rows = { width: unit.width, blocks: () => [{ block: unit, first: 0 }] };
  const [x, y] = componentScores(rows, unit.rows, principalComponents(rows, 2));
  // There are fewer axes if all pictures are on a line, or equal.
  return Float32Array.from({ length: 2 * unit.rows }, (_, at) => (at % 2 === 0 ? x : y)?.[at >> 1] ?? 0);
}

const pairs = (hashes: readonly string[], points: Float32Array): [string, [number, number]][] =>
  hashes.map((hash, at) => [hash, [points[2 * at]!, points[2 * at + 1]!]]);
