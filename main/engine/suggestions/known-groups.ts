import type { DuplicateCounts } from '../../../shared/contract/insight.ts';
import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import { DuplicateStore, groupKeys, noPairs, type Comparison } from '../../insight/duplicate-store.ts';
import type { Db } from '../../library/database/sql.ts';
import {
  contentPages,
  distinctContents,
  getContents,
  type PictureContent,
} from '../../library/reading/contents.ts';
import type { PictureTable } from '../../library/reading/picture-table.ts';
import { sortedPlaces } from '../../support/sorted-places.ts';
import { eachIndex, type AsyncSteps, type Steps } from '../../support/steps.ts';
import { duplicateGroups, findLeaks, type DuplicateGroup, type Leak } from '../duplicates.ts';
import { groupLookAlikes } from './look-alike-groups.ts';

/** Pictures per step. */
const SOME = 4096;
/** Pictures of groups that are read from the database per step. */
const PAGE = 1000;

/** The near-duplicates among the pictures of a project that have been compared, as they were when they were read. */
export class KnownGroups {
  private constructor(
    private readonly comparison: Comparison,
    private readonly groups: readonly DuplicateGroup[],
    /** Index of the group of each picture that is in one. */
    private readonly placeOf: ReadonlyMap<number, number>,
    readonly leaks: Leak[],
    /** Whether pictures were added since the last comparison. */
    private readonly isIncomplete: boolean,
  ) {}

  static none(): KnownGroups {
    return new KnownGroups({ hashes: [], links: [], near: noPairs() }, [], new Map(), [], false);
  }

  /**
   * @param cacheDir cache folder of the project
   * @param table the pictures of the project
   */
  static async *read(
    db: Db,
    cacheDir: string,
    model: IndexModel,
    { ids, hashes, hasProblem }: PictureTable,
  ): AsyncSteps<KnownGroups> {
    const comparison = yield* new DuplicateStore(cacheDir, model).steps();
    const compared = new Set<string>();
    yield* eachIndex(comparison.hashes.length, SOME, (index) => compared.add(comparison.hashes[index]!));
    const keys = groupKeys(comparison);
    yield;
    const members: number[] = [];
    let isIncomplete = false;
    yield* eachIndex(ids.length, SOME, (index) => {
      const hash = hashes[index]!;
      if (keys.has(hash)) members.push(ids[index]!);
      isIncomplete ||= hasProblem[index] === 0 && !compared.has(hash);
    });
    const pictures: PictureContent[] = [];
    for (let start = 0; start < members.length; start += PAGE) {
      for (const one of getContents(db, members.slice(start, start + PAGE))) pictures.push(one);
      yield;
    }
    const groups = duplicateGroups(pictures, keys);
    yield;
    const placeOf = new Map<number, number>();
    const leaks: Leak[] = [];
    yield* eachIndex(groups.length, PAGE, (place) => {
      const group = groups[place]!;
      for (const { id } of group.pictures) placeOf.set(id, place);
      leaks.push(...findLeaks([group]));
    });
    return new KnownGroups(comparison, groups, placeOf, leaks, isIncomplete);
  }

  get counts(): DuplicateCounts {
    return { groups: this.groups.length, pictures: this.placeOf.size, leaks: this.leaks.length };
  }

  /** Key of the group of near-duplicates that a picture is in; null for none. */
  keyOf(id: number): string | null {
    const place = this.placeOf.get(id);
    return place === undefined ? null : this.groups[place]!.key;
  }

  /** Name of the group of the picture at an index of the table: of its near-duplicates, else of its content alone. */
  nameOf({ ids, hashes }: PictureTable, index: number): string {
    return this.keyOf(ids[index]!) ?? hashes[index]!;
  }

  /** Pictures that are alike, as far as they were compared. @param from least cosine */
  alike(table: PictureTable, ids: Uint32Array, from: number): Steps<PictureGroups> {
    return groupLookAlikes(table, this.comparison, ids, from);
  }

  /** All pictures to compare, one per content; none if all have been compared before. */
  *toCompare(db: Db): Steps<IndexJob['pictures']> {
    if (!this.isIncomplete) return [];
    const usable: PictureContent[] = [];
    for (const page of contentPages(db)) {
      for (const picture of page) if (picture.problem === null) usable.push(picture);
      yield;
    }
    return distinctContents(usable);
  }

  /** The given pictures that have near-duplicates, group by group, largest group first. */
  *filter(ids: Uint32Array): Steps<PictureGroups> {
    const found: number[] = [];
    const keys: number[] = [];
    yield* eachIndex(ids.length, SOME, (at) => {
      const place = this.placeOf.get(ids[at]!);
      if (place === undefined) return;
      found.push(ids[at]!);
      keys.push(place);
    });
    const byId = sortedPlaces(new Float64Array(found));
    yield;
    const places = sortedPlaces(Float64Array.from(byId, (at) => keys[at]!));
    const sizes: number[] = [];
    let last = -1;
    for (const at of places) {
      const key = keys[byId[at]!]!;
      if (key === last) sizes[sizes.length - 1]!++;
      else sizes.push(1);
      last = key;
    }
    return { ids: places.map((at) => found[byId[at]!]!), sizes: Uint32Array.from(sizes) };
  }
}
