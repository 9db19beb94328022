import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { FEWEST_ON_MAP, type MapMethod, type PictureMap } from '../../../shared/map.ts';
import { sortedHashes } from '../../insight/hashes.ts';
import { MapStore, type MapPoints } from '../../insight/map-store.ts';
import { componentScoreSteps, principalComponentSteps } from '../../insight/pca.ts';
import { eachIndex, SharedSteps, type AsyncSteps, type Steps } from '../../support/steps.ts';
import type { IndexedPictures } from './indexed-pictures.ts';

/** Pictures per step. */
const SOME = 4096;

/** Places the pictures of a project on a map: by PCA immediately, by UMAP if a map was computed before. */
export class PictureMapper {
  /** The PCA that is being computed, and of which pictures. */
  #computing: { pictures: IndexedPictures; points: SharedSteps<MapPoints> } | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(private readonly cacheDir: string) {}

  /** @returns null if there is no map: UMAP not computed, or too few pictures */
  async *map(pictures: IndexedPictures, model: IndexModel, method: MapMethod): AsyncSteps<PictureMap | null> {
    const store = new MapStore(this.cacheDir, model);
    const hashes = yield* indexedContents(pictures);
    if (hashes.length < FEWEST_ON_MAP) return null;
    await store.removeOthers();
    const stored = yield* store.read(method);
    if (stored && (method === 'umap' || isSame(stored.hashes, hashes))) {
      return yield* joined(pictures, method, stored);
    }
    if (method === 'umap') return null;
    const computed = yield* this.#pca(pictures, hashes);
    await store.write('pca', computed);
    return yield* joined(pictures, method, computed);
  }

  *#pca(pictures: IndexedPictures, hashes: string[]): Steps<MapPoints> {
    if (this.#computing?.pictures !== pictures) {
      this.#computing = { pictures, points: new SharedSteps(pcaSteps(pictures, hashes)) };
    }
    const computing = this.#computing;
    const points = yield* computing.points.wait();
    if (this.#computing === computing) this.#computing = null;
    return points;
  }
}

/** The contents with a vector, sorted. */
export function* indexedContents({ table, rows }: IndexedPictures): Steps<string[]> {
  const found = new Set<string>();
  yield* eachIndex(rows.length, SOME, (index) => {
    if (rows[index]! >= 0) found.add(table.hashes[index]!);
  });
  return yield* sortedHashes([...found]);
}

function* pcaSteps({ vectors, table, rows }: IndexedPictures, hashes: string[]): Steps<MapPoints> {
  const total = vectors.rows;
  const isUsed = new Uint8Array(total);
  for (const row of rows) if (row >= 0) isUsed[row] = 1;
  const components = yield* principalComponentSteps(vectors, 2, (row) => isUsed[row] === 1);
  const { variances, totalVariance } = components;
  const scores = yield* componentScoreSteps(vectors, total, components);
  const rowOfHash = new Map<string, number>();
  yield* eachIndex(rows.length, SOME, (index) => rowOfHash.set(table.hashes[index]!, rows[index]!));
  const points = new Float32Array(2 * hashes.length);
  yield* eachIndex(hashes.length, SOME, (at) => {
    const row = rowOfHash.get(hashes[at]!)!;
    // There are fewer axes if all pictures are on a line, or equal.
    points[2 * at] = scores[0]?.[row] ?? 0;
    points[2 * at + 1] = scores[1]?.[row] ?? 0;
  });
  const explained = variances.map((value) => (totalVariance > 0 ? value / totalVariance : 0));
  return { hashes, points, explained };
}

/** The pictures of a map that are in the library. */
function* joined(
  { table, rows }: IndexedPictures,
  method: MapMethod,
  { hashes, points, explained }: MapPoints,
): Steps<PictureMap> {
  const places = new Map<string, number>();
  yield* eachIndex(hashes.length, SOME, (at) => places.set(hashes[at]!, at));
  const ids: number[] = [];
  const placed: number[] = [];
  const found = new Uint8Array(hashes.length);
  let added = 0;
  yield* eachIndex(table.size, SOME, (index) => {
    if (rows[index]! < 0) return;
    const at = places.get(table.hashes[index]!);
    if (at === undefined) {
      added++;
      return;
    }
    found[at] = 1;
    ids.push(table.ids[index]!);
    placed.push(points[2 * at]!, points[2 * at + 1]!);
  });
  let removed = hashes.length;
  for (const one of found) removed -= one;
  return { method, ids: new Uint32Array(ids), points: new Float32Array(placed), explained, added, removed };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
