import type {
  SuggestionEstimates,
  SuggestionList,
  SuggestionSummary,
} from '../../../shared/contract/insight.ts';
import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { SuspectList, SuspectNeighbour } from '../../../shared/contract/suspects.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import type { LabelChange } from '../../../shared/library/labels.ts';
import type { MapValues } from '../../../shared/map.ts';
import type { PictureFilter, PictureSort } from '../../../shared/library/query.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { candidatesToLabel } from '../../insight/label-next.ts';
import { typicalRows } from '../../insight/k-means.ts';
import { similarities } from '../../insight/similarity.ts';
import { keptPictures } from '../../library/labels/kept-labels.ts';
import { getPictures } from '../../library/pictures/pictures.ts';
import type { Db } from '../../library/database/sql.ts';
import { IndexedPictures } from './indexed-pictures.ts';
import { KnownGroups } from './known-groups.ts';
import { LabelProbe } from './label-probe.ts';
import { RunScores } from './run-scores.ts';
import { PictureMapper } from './picture-map.ts';
import { isSuggested, mayBeSuggested, orderByKey, orderBySuggestion, suggestedAs } from './order.ts';
import { SuspectSearch } from './suspect-search.ts';

/** Number of pictures that "Label next" chooses; the others follow, least certain first. */
const CHOSEN = 40;

/** How much of the project is indexed. */
export interface IndexCounts {
  /** Pictures with a vector. */
  indexed: number;
  total: number;
}

export type SuggestionSort = Extract<PictureSort, { by: 'suggestion' | 'similar' }>;
export type SuggestedFilter = Extract<PictureFilter, { kind: 'suggested' }>;

/** Suggestions for a project's pictures, from the index and the labels so far. */
export class SuggestionSession {
  readonly #pictures: IndexedPictures;
  readonly #probe = new LabelProbe();
  readonly #run: RunScores;
  readonly groups: KnownGroups;
  readonly #suspects = new SuspectSearch();
  readonly map: PictureMapper;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly db: Db,
    cacheDir: string,
  ) {
    this.#pictures = new IndexedPictures(db, cacheDir);
    this.#run = new RunScores(db);
    this.groups = new KnownGroups(db, cacheDir);
    this.map = new PictureMapper(this.#pictures, cacheDir);
  }

  /**
   * Reads library and index again.
   *
   * @param isOther whether the classes were swapped or the model changed
   * @param by the run whose predictions are the suggestions; null: they follow the labels
   */
  async read(model: IndexModel, isOther: boolean, by: string | null): Promise<null> {
    await this.#pictures.read(model);
    await this.groups.read(model);
    this.#run.read(by, this.#pictures);
    this.map.read(model);
    if (isOther) this.#probe.reset();
    this.#suspects.reset();
    this.#follow();
    return null;
  }

  /** Reads what was added to the index, without the library and the groups, which stay as they are meanwhile. */
  async readMore(): Promise<null> {
    await this.#pictures.readMore();
    this.#follow();
    return null;
  }

  /** Groups of pictures that are alike. @param from least cosine of a picture and the first of its group */
  alike(ids: Uint32Array, from: number): PictureGroups {
    return this.groups.alike(this.#pictures.table, ids, from);
  }

  /** Reads what the run that suggests has predicted meanwhile. */
  readRun(): null {
    this.#run.read(this.#run.run, this.#pictures);
    return null;
  }

  #follow(): void {
    // A run does not learn from labels.
    if (this.#run.run === null) this.#probe.fit(this.#pictures);
    else this.#probe.count(this.#pictures);
  }

  /** Probability of class 1 of each picture, in the order of the table; NaN where it is not known. */
  get #probabilities(): Float32Array {
    return this.#run.run === null ? this.#probe.all(this.#pictures) : this.#run.probabilities;
  }

  /** Takes over stored labels. `of` returns new suggestions immediately; `summary` and `list` recompute all. */
  label(changes: readonly LabelChange[]): null {
    this.#pictures.table.label(changes);
    this.#suspects.reset();
    this.#follow();
    return null;
  }

  /** Whether all pictures are predicted with the labels so far. */
  get isPredicted(): boolean {
    return this.#run.run !== null || this.#probe.isPredicted;
  }

  /** One step of predicting all pictures. @returns whether it was the last */
  predict(): boolean {
    return this.isPredicted || this.#probe.predict(this.#pictures);
  }

  summary(): SuggestionSummary {
    const suggested: [number, number] = [0, 0];
    const probabilities = this.#probabilities;
    for (const index of this.#suggestedIndices()) suggested[probabilities[index]! > 0.5 ? 1 : 0]++;
    const { indexed, table } = this.#pictures;
    return {
      by: this.#run.run,
      labels: this.#probe.labels,
      suggested,
      indexed,
      total: table.size,
      duplicates: this.groups.counts,
    };
  }

  #suggestedIndices(): number[] {
    const probabilities = this.#probabilities;
    const found: number[] = [];
    for (let index = 0; index < probabilities.length; index++) {
      if (isSuggested(this.#pictures, probabilities, index)) found.push(index);
    }
    return found;
  }

  /** Pictures that are not indexed. @param except SHA-256 of contents that can't be read */
  missing(most: number, except: readonly string[]): { pictures: IndexJob['pictures']; total: number } {
    const { ids, total } = this.#pictures.missing(most, new Set(except));
    return { pictures: getPictures(this.db, ids).map(({ path, sha256 }) => ({ path, sha256 })), total };
  }

  /** Probabilities of class 1 of pictures for which a class is suggested; NaN for others. */
  of(ids: readonly number[]): Float32Array {
    return Float32Array.from(ids, (id) => {
      const index = this.#pictures.table.indexOf(id);
      if (index < 0 || !mayBeSuggested(this.#pictures, index)) return NaN;
      // Without predicting all pictures, since a stroke waits for it.
      return this.#run.run === null ? this.#probe.at(this.#pictures, index) : this.#run.probabilities[index]!;
    });
  }

  /** What colours the points of the map. */
  mapValues(): MapValues {
    const { table } = this.#pictures;
    const probabilities = this.#probabilities.map((value, index) =>
      mayBeSuggested(this.#pictures, index) ? value : NaN,
    );
    return { ids: table.ids, labels: table.labels, probabilities };
  }

  /** All suggestions, most certain first. */
  list(): SuggestionList {
    const ids = Uint32Array.from(this.#suggestedIndices(), (index) => this.#pictures.table.ids[index]!);
    const probabilities = this.#probabilities;
    const sorted = orderBySuggestion(this.#pictures, probabilities, ids, 'surest');
    const at = (id: number): number => probabilities[this.#pictures.table.indexOf(id)]!;
    return { ids: sorted, probabilities: Float32Array.from(sorted, at) };
  }

  /** One step of the out-of-fold estimate; null if more are needed. */
  estimate(): SuggestionEstimates | null {
    const scored =
      this.#run.run === null
        ? this.#probe.estimate(this.#pictures, this.groups)
        : this.#run.validation(this.#pictures);
    return (
      scored && {
        probabilities: Float32Array.from(scored, ({ probability }) => probability),
        labels: Uint8Array.from(scored, ({ label }) => label),
      }
    );
  }

  /** One step of the search for likely label errors; null where more are needed. @throws TwofoldError `too-few` */
  suspects(): SuspectList | null {
    return this.#suspects.step(this.#pictures, this.groups, () => keptPictures(this.db));
  }

  /** The labelled pictures most similar to each of some pictures. */
  neighbours(ids: readonly number[]): SuspectNeighbour[][] {
    return this.#suspects.neighbours(this.#pictures, ids);
  }

  /** Chooses which of the given pictures to label next: typical or uncertain ones that differ from each other. */
  next(ids: Uint32Array, count: number): Uint32Array {
    const { table, rows, vectors } = this.#pictures;
    const probabilities = this.#probabilities;
    let indices = [...ids]
      .map((id) => table.indexOf(id))
      .filter(
        (index) => index >= 0 && rows[index]! >= 0 && table.labels[index]! < -1 && !table.isTest[index],
      );
    const scored = indices.filter((index) => !Number.isNaN(probabilities[index]));
    // Without any prediction only typical pictures can be chosen.
    if (scored.length > 0) indices = scored;
    const scores = scored.length > 0 ? indices.map((index) => probabilities[index]!) : null;
    const candidates = candidatesToLabel(indices.length, scores, count).map((place) => indices[place]!);
    const chosen = typicalRows(
      vectors.take(candidates.map((index) => rows[index]!)),
      count,
      DEFAULT_RECIPE.seed,
    );
    return Uint32Array.from(chosen, (row) => table.ids[candidates[row]!]!);
  }

  /** Sorts picture ids; those without a suggestion or vector come last, in their given order. */
  order(ids: Uint32Array, sort: SuggestionSort): Uint32Array {
    if (sort.by === 'similar') return this.#bySimilarity(ids, sort.to);
    if (sort.order !== 'next') {
      return orderBySuggestion(this.#pictures, this.#probabilities, ids, sort.order);
    }
    const chosen = this.next(ids, CHOSEN);
    const isChosen = new Set(chosen);
    const rest = ids.filter((id) => !isChosen.has(id));
    const others = orderBySuggestion(this.#pictures, this.#probabilities, rest, 'least-sure');
    return concat(chosen, others);
  }

  #bySimilarity(ids: Uint32Array, to: number): Uint32Array {
    const { table, rows, vectors } = this.#pictures;
    const row = rows[table.indexOf(to)] ?? -1;
    if (row < 0) return ids;
    const found = similarities(vectors, vectors.row(row));
    return orderByKey(ids, (id) => {
      if (id === to) return -2;
      const its = rows[table.indexOf(id)] ?? -1;
      return its < 0 ? Infinity : -found[its]!;
    });
  }

  /** The ids of pictures for which this class is suggested. */
  filter(ids: Uint32Array, { class: index, from }: SuggestedFilter): Uint32Array {
    return suggestedAs(this.#pictures, this.#probabilities, ids, { class: index, from });
  }
}

function concat(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
