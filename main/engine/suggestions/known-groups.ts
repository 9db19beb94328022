import type { DuplicateCounts } from '../../../shared/contract/insight.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { DuplicateStore, groupKeys } from '../../insight/duplicate-store.ts';
import { listContents, type PictureContent } from '../../library/reading/contents.ts';
import type { Db } from '../../library/database/sql.ts';
import { duplicateGroups, findLeaks, type DuplicateGroup, type Leak } from '../duplicates.ts';

/** The near-duplicates of a project, as far as its pictures were compared. */
export class KnownGroups {
  #groups: DuplicateGroup[] = [];
  /** Pictures in groups, and the place of their group. */
  #placeOf = new Map<number, number>();
  #leaks: Leak[] = [];
  #uncompared: PictureContent[] = [];

  /** @param cacheDir of the project */
  constructor(
    private readonly db: Db,
    private readonly cacheDir: string,
  ) {}

  async read(model: IndexModel): Promise<void> {
    const comparison = await new DuplicateStore(this.cacheDir, model).read();
    const compared = new Set(comparison.hashes);
    const all = listContents(this.db);
    this.#groups = duplicateGroups(all, groupKeys(comparison));
    this.#leaks = findLeaks(this.#groups);
    this.#placeOf = new Map(
      this.#groups.flatMap(({ pictures }, place) => pictures.map(({ id }) => [id, place] as const)),
    );
    const usable = all.filter(({ problem }) => problem === null);
    this.#uncompared = usable.every(({ sha256 }) => compared.has(sha256)) ? [] : usable;
  }

  get counts(): DuplicateCounts {
    return { groups: this.#groups.length, pictures: this.#placeOf.size, leaks: this.#leaks.length };
  }

  get leaks(): Leak[] {
    return this.#leaks;
  }

  /** All pictures to compare, each content once; none where all were compared before. */
  toCompare(): IndexJob['pictures'] {
    const contents = new Map(this.#uncompared.map(({ sha256, path }) => [sha256, { path, sha256 }]));
    return [...contents.values()];
  }

  /** Only pictures that have near-duplicates, group by group, the largest first. */
  filter(ids: Uint32Array): Uint32Array {
    const places = this.#placeOf;
    const found = [...ids].filter((id) => places.has(id));
    return Uint32Array.from(found.sort((a, b) => places.get(a)! - places.get(b)! || a - b));
  }
}
