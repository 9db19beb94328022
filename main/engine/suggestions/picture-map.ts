import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { FEWEST_ON_MAP, type MapMethod, type PictureMap } from '../../../shared/map.ts';
import { MapStore, type MapPoints } from '../../insight/map-store.ts';
import { componentScoreSteps, principalComponentSteps } from '../../insight/pca.ts';
import { forAWhile } from '../../support/for-a-while.ts';
import type { IndexedPictures } from './indexed-pictures.ts';

/** Places the pictures of a project on a map: by PCA immediately, by UMAP if a map was computed before. */
export class PictureMapper {
  #model: IndexModel | null = null;
  #hashes: string[] | null = null;
  #steps: Generator<undefined, MapPoints> | null = null;
  #computed: MapPoints | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly pictures: IndexedPictures,
    private readonly cacheDir: string,
  ) {}

  /** Takes note of pictures that were read again with their vectors; a PCA that has begun starts anew. */
  read(model: IndexModel): void {
    this.#model = model;
    this.#hashes = null;
    this.#steps = null;
    this.#computed = null;
  }

  /** The contents with a vector, sorted. */
  contents(): string[] {
    const { table, rows } = this.pictures;
    return [...new Set(table.hashes.filter((_, index) => rows[index]! >= 0))].sort();
  }

  /**
   * One step towards a map, of about 40 ms; up to 100 ms at 100,000 pictures for the first and the last ones.
   *
   * @returns null while steps are left, and `none` if there is no map: UMAP not computed, or too few pictures
   */
  async step(method: MapMethod): Promise<PictureMap | 'none' | null> {
    if (!this.#model) return 'none';
    const store = new MapStore(this.cacheDir, this.#model);
    if (method === 'pca' && (this.#steps || this.#computed)) return this.#pca(store);
    if (!this.#hashes) {
      this.#hashes = this.contents();
      return null;
    }
    const hashes = this.#hashes;
    if (hashes.length < FEWEST_ON_MAP) return 'none';
    await store.removeOthers();
    const stored = await store.read(method);
    if (method === 'umap') return stored ? this.#join(method, stored) : 'none';
    if (stored && isSame(stored.hashes, hashes)) return this.#join(method, stored);
    const used = new Set<number>();
    this.pictures.rows.forEach((row) => row >= 0 && used.add(row));
    this.#steps = this.#pcaSteps(hashes, used);
    return null;
  }

  async #pca(store: MapStore): Promise<PictureMap | null> {
    const computed = this.#computed;
    this.#computed = null;
    if (computed) return this.#join('pca', computed);
    const done = forAWhile(this.#steps!);
    if (!done) return null;
    this.#steps = null;
    this.#computed = done.value;
    await store.write('pca', done.value);
    return null;
  }

  *#pcaSteps(hashes: string[], used: ReadonlySet<number>): Generator<undefined, MapPoints> {
    const { vectors, table, rows } = this.pictures;
    const components = yield* principalComponentSteps(vectors, 2, (row) => used.has(row));
    const { variances, totalVariance } = components;
    const scores = yield* componentScoreSteps(vectors, vectors.rows, components);
    yield;
    const rowOfHash = new Map(table.hashes.map((hash, index) => [hash, rows[index]!]));
    const points = new Float32Array(2 * hashes.length);
    hashes.forEach((hash, at) => {
      // There are fewer axes if all pictures are on a line, or equal.
      points[2 * at] = scores[0]?.[rowOfHash.get(hash)!] ?? 0;
      points[2 * at + 1] = scores[1]?.[rowOfHash.get(hash)!] ?? 0;
    });
    const explained = variances.map((value) => (totalVariance > 0 ? value / totalVariance : 0));
    return { hashes, points, explained };
  }

  #join(method: MapMethod, { hashes, points, explained }: MapPoints): PictureMap {
    const { table, rows } = this.pictures;
    const places = new Map(hashes.map((hash, at) => [hash, at]));
    const ids: number[] = [];
    const placed: number[] = [];
    let added = 0;
    const found = new Set<number>();
    table.hashes.forEach((hash, index) => {
      if (rows[index]! < 0) return;
      const at = places.get(hash);
      if (at === undefined) {
        added++;
        return;
      }
      found.add(at);
      ids.push(table.ids[index]!);
      placed.push(points[2 * at]!, points[2 * at + 1]!);
    });
    const removed = hashes.length - found.size;
    return {
      method,
      ids: Uint32Array.from(ids),
      points: Float32Array.from(placed),
      explained,
      added,
      removed,
    };
  }
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
