import type { DuplicateCounts } from '../../../shared/contract/insight.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { DuplicateStore, groupKeys, type Comparison } from '../../insight/duplicate-store.ts';
import type { PictureTable } from '../../library/reading/picture-table.ts';
import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import { groupLookAlikes } from './look-alike-groups.ts';
import { distinctContents, listContents } from '../../library/reading/contents.ts';
import type { Db } from '../../library/database/sql.ts';
import { duplicateGroups, findLeaks, uncompared, type DuplicateGroup, type Leak } from '../duplicates.ts';

/** The near-duplicates among the pictures of a project that have been compared. */
export class KnownGroups {
  #groups: DuplicateGroup[] = [];
  /** Index of the group of each picture that is in one. */
  #placeOf = new Map<number, number>();
  #leaks: Leak[] = [];
  #uncompared: ReturnType<typeof uncompared> = [];
  #comparison: Comparison | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly db: Db,
    private readonly cacheDir: string,
  ) {}

  async read(model: IndexModel): Promise<void> {
    const comparison = await new DuplicateStore(this.cacheDir, model).read();
    this.#comparison = comparison;
    const compared = new Set(comparison.hashes);
    const all = listContents(this.db);
    this.#groups = duplicateGroups(all, groupKeys(comparison));
    this.#leaks = findLeaks(this.#groups);
    this.#placeOf = new Map(
      this.#groups.flatMap(({ pictures }, place) => pictures.map(({ id }) => [id, place] as const)),
    );
    this.#uncompared = uncompared(all, compared);
  }

  get counts(): DuplicateCounts {
    return { groups: this.#groups.length, pictures: this.#placeOf.size, leaks: this.#leaks.length };
  }

  /** Key of the group of near-duplicates that a picture is in; null for none. */
  keyOf(id: number): string | null {
    const place = this.#placeOf.get(id);
    return place === undefined ? null : this.#groups[place]!.key;
  }

  /** Name of the group of the picture at an index of the table: of its near-duplicates, else of its content alone. */
  nameOf({ ids, hashes }: PictureTable, index: number): string {
    return this.keyOf(ids[index]!) ?? hashes[index]!;
  }

  /** Pictures that are alike, as far as they were compared. @param from least cosine */
  alike(table: PictureTable, ids: Uint32Array, from: number): PictureGroups {
    if (!this.#comparison) return { ids: new Uint32Array(), sizes: new Uint32Array() };
    return groupLookAlikes(table, this.#comparison, ids, from);
  }

  get leaks(): Leak[] {
    return this.#leaks;
  }

  /** All pictures to compare, one per content; none if all have been compared before. */
  toCompare(): IndexJob['pictures'] {
    return distinctContents(this.#uncompared);
  }

  /** The given pictures that have near-duplicates, group by group, largest group first. */
  filter(ids: Uint32Array): Uint32Array {
    const places = this.#placeOf;
    const found = [...ids].filter((id) => places.has(id));
    return Uint32Array.from(found.sort((a, b) => places.get(a)! - places.get(b)! || a - b));
  }
}
