import type {
  SuggestionEstimates,
  SuggestionList,
  SuggestionSummary,
} from '../../../shared/contract/insight.ts';
import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import type { SuspectList, SuspectNeighbour } from '../../../shared/contract/suspects.ts';
import type { IndexJob, IndexModel } from '../../../shared/jobs/index-pictures.ts';
import type { LabelChange } from '../../../shared/library/labels.ts';
import type { MapMethod, MapValues, PictureMap } from '../../../shared/map.ts';
import type { PictureFilter, PictureSort } from '../../../shared/library/query.ts';
import { keptPictures } from '../../library/labels/kept-labels.ts';
import { getPictures } from '../../library/pictures/pictures.ts';
import type { Db } from '../../library/database/sql.ts';
import { PictureTable } from '../../library/reading/picture-table.ts';
import { eachIndex, finish, type AsyncSteps, type Steps } from '../../support/steps.ts';
import type { Leak } from '../duplicates.ts';
import { countIndexed, missingPictures, unindexed } from './indexed-pictures.ts';
import { IndexReader } from './index-reader.ts';
import { KnownGroups } from './known-groups.ts';
import { LabelProbe, type PredictedPictures } from './label-probe.ts';
import { chooseNext } from './next-pictures.ts';
import { knownScores } from '../known-evaluation.ts';
import { readRunScores, type RunScores } from './run-scores.ts';
import { indexedContents, PictureMapper } from './picture-map.ts';
import {
  mayBeSuggested,
  orderBySimilarity,
  orderBySuggestion,
  suggestedAs,
  suggestedIndices,
} from './order.ts';
import { nearestLabelled, searchSuspects } from './suspect-search.ts';

/** Number of pictures that "Label next" chooses; the others follow, least certain first. */
const CHOSEN = 40;
/** Pictures per step. */
const SOME = 16_384;
/** Pictures whose paths are read per step. */
const PATHS = 500;

export type SuggestionSort = Extract<PictureSort, { by: 'suggestion' | 'similar' }>;
export type SuggestedFilter = Extract<PictureFilter, { kind: 'suggested' }>;

/**
 * Suggestions for a project's pictures, from the index and the labels so far. Everything that takes long at 100,000
 * pictures is done in steps, between which labels and suggestions for visible pictures are possible. It answers with what
 * was known when it began, the predictions by the labels at that time.
 */
export class SuggestionSession {
  readonly #reader: IndexReader;
  #model: IndexModel | null = null;
  #pictures = unindexed(PictureTable.empty());
  #groups = KnownGroups.none();
  readonly #probe = new LabelProbe();
  /** Null if the suggestions follow the labels. */
  #scores: RunScores | null = null;
  readonly #mapper: PictureMapper;
  /** Labels since the current reading began, which may have missed them; null if nothing is being read. */
  #labelled: LabelChange[] | null = null;

  /** @param cacheDir cache folder of the project */
  constructor(
    private readonly db: Db,
    private readonly cacheDir: string,
  ) {
    this.#reader = new IndexReader(db, cacheDir);
    this.#mapper = new PictureMapper(cacheDir);
  }

  /**
   * Reads library and index again. One reading at a time: this, `readMore` or `readRun`.
   *
   * @param isOther whether the classes were swapped or the model changed
   * @param by the run whose predictions are the suggestions; null: they follow the labels
   */
  async *read(model: IndexModel, isOther: boolean, by: string | null): AsyncSteps<null> {
    // Frees the vectors of another model before those of this one are read.
    if (this.#reader.isOther(model)) this.#pictures = unindexed(this.#pictures.table);
    this.#labelled = [];
    try {
      const pictures = yield* this.#reader.read(model);
      const groups = yield* KnownGroups.read(this.db, this.cacheDir, model, pictures.table);
      const scores = by === null ? null : yield* readRunScores(this.db, by, pictures.table);
      pictures.table.label(this.#labelled);
      this.#model = model;
      this.#pictures = pictures;
      this.#groups = groups;
      this.#scores = scores;
    } finally {
      this.#labelled = null;
    }
    if (isOther) this.#probe.reset();
    yield* this.#follow();
    return null;
  }

  /** Reads what was added to the index, without the library and the groups, which stay as they are meanwhile. */
  async *readMore(): AsyncSteps<null> {
    this.#pictures = yield* this.#reader.more(this.#pictures.table);
    yield* this.#follow();
    return null;
  }

  /** Reads what the run that suggests has predicted meanwhile. */
  *readRun(): Steps<null> {
    const { table } = this.#pictures;
    if (this.#scores) this.#scores = yield* readRunScores(this.db, this.#scores.run, table);
    return null;
  }

  *#follow(): Steps<void> {
    // A run does not learn from labels.
    if (this.#scores) this.#probe.count(this.#pictures);
    else yield* this.#probe.fit(this.#pictures);
  }

  /** Takes over stored labels. `of` returns new suggestions immediately; `summary` and `list` recompute all. */
  label(changes: readonly LabelChange[]): null {
    this.#pictures.table.label(changes);
    this.#labelled = this.#labelled && [...this.#labelled, ...changes];
    finish(this.#follow());
    return null;
  }

  /** Makes the next strokes faster where that is worth while. */
  prepare(): Steps<null> {
    return this.#probe.prepare(this.#pictures);
  }

  /** Probabilities of class 1 of pictures for which a class is suggested; NaN for others. */
  of(ids: readonly number[]): Float32Array {
    const pictures = this.#pictures;
    return Float32Array.from(ids, (id) => {
      const index = pictures.table.indexOf(id);
      if (index < 0 || !mayBeSuggested(pictures, index)) return NaN;
      // Without predicting all pictures, since a stroke waits for it.
      return this.#scores ? this.#scores.probabilities[index]! : this.#probe.at(pictures, index);
    });
  }

  *#predicted(): Steps<PredictedPictures> {
    const pictures = this.#pictures;
    if (this.#scores) return { pictures, probabilities: this.#scores.probabilities };
    return yield* this.#probe.all(pictures);
  }

  *summary(): Steps<SuggestionSummary> {
    const predicted = yield* this.#predicted();
    const suggested: [number, number] = [0, 0];
    for (const index of suggestedIndices(predicted))
      suggested[predicted.probabilities[index]! > 0.5 ? 1 : 0]++;
    return {
      by: this.#scores?.run ?? null,
      labels: this.#probe.labels,
      suggested,
      indexed: countIndexed(this.#pictures),
      total: this.#pictures.table.size,
      duplicates: this.#groups.counts,
    };
  }

  /** Pictures that are not indexed. @param except SHA-256 of contents that can't be read */
  *missing(
    most: number,
    except: readonly string[],
  ): Steps<{ pictures: IndexJob['pictures']; total: number }> {
    const ids = yield* missingPictures(this.#pictures, new Set(except));
    const pictures: IndexJob['pictures'] = [];
    for (let start = 0; start < Math.min(most, ids.length); start += PATHS) {
      const some = getPictures(this.db, ids.slice(start, Math.min(most, start + PATHS)));
      for (const { path, sha256 } of some) pictures.push({ path, sha256 });
      yield;
    }
    return { pictures, total: ids.length };
  }

  /** See `KnownGroups.toCompare`. */
  uncompared(): Steps<IndexJob['pictures']> {
    return this.#groups.toCompare(this.db);
  }

  get leaks(): Leak[] {
    return this.#groups.leaks;
  }

  /** See `KnownGroups.filter`. */
  inGroups(ids: Uint32Array): Steps<PictureGroups> {
    return this.#groups.filter(ids);
  }

  /** Groups of pictures that are alike. @param from least cosine of a picture and the first of its group */
  alike(ids: Uint32Array, from: number): Steps<PictureGroups> {
    return this.#groups.alike(this.#pictures.table, ids, from);
  }

  /** See `PictureMapper.map`. */
  async *map(method: MapMethod): AsyncSteps<PictureMap | null> {
    return this.#model && (yield* this.#mapper.map(this.#pictures, this.#model, method));
  }

  /** What colours the points of the map. */
  *mapValues(): Steps<MapValues> {
    const { pictures, probabilities } = yield* this.#predicted();
    const { ids, labels } = pictures.table;
    const shown = probabilities.map((value, index) => (mayBeSuggested(pictures, index) ? value : NaN));
    return { ids, labels, probabilities: shown };
  }

  /** The contents with a vector, sorted. */
  contents(): Steps<string[]> {
    return indexedContents(this.#pictures);
  }

  /** All suggestions, most certain first. */
  *list(): Steps<SuggestionList> {
    const predicted = yield* this.#predicted();
    const { table } = predicted.pictures;
    const indices = suggestedIndices(predicted);
    const ids = new Uint32Array(indices.length);
    indices.forEach((index, at) => (ids[at] = table.ids[index]!));
    yield;
    const sorted = yield* orderBySuggestion(predicted, ids, 'surest');
    const probabilities = new Float32Array(sorted.length);
    yield* eachIndex(sorted.length, SOME, (at) => {
      probabilities[at] = predicted.probabilities[table.indexOf(sorted[at]!)]!;
    });
    return { ids: sorted, probabilities };
  }

  /** Predictions of labelled pictures by what suggests, without their own labels. */
  *estimate(): Steps<SuggestionEstimates> {
    const scored = this.#scores
      ? knownScores(this.db, this.#scores.run)
      : yield* this.#probe.estimate(this.#pictures, this.#groups);
    return {
      probabilities: Float32Array.from(scored, ({ probability }) => probability),
      labels: Uint8Array.from(scored, ({ label }) => label),
    };
  }

  /** Likely label errors. @throws TwofoldError `too-few` */
  suspects(): Steps<SuspectList> {
    return searchSuspects(this.#pictures, this.#groups, () => keptPictures(this.db));
  }

  /** The labelled pictures most similar to each of some pictures. */
  neighbours(ids: readonly number[]): Steps<SuspectNeighbour[][]> {
    return nearestLabelled(this.#pictures, ids);
  }

  /** Chooses which of the given pictures to label next: typical or uncertain ones that differ from each other. */
  *next(ids: Uint32Array, count: number): Steps<Uint32Array> {
    return yield* chooseNext(yield* this.#predicted(), ids, count);
  }

  /** Sorts picture ids; those without a suggestion or vector come last, in their given order. */
  *order(ids: Uint32Array, sort: SuggestionSort): Steps<Uint32Array> {
    if (sort.by === 'similar') return yield* orderBySimilarity(this.#pictures, ids, sort.to);
    const predicted = yield* this.#predicted();
    if (sort.order !== 'next') return yield* orderBySuggestion(predicted, ids, sort.order);
    const chosen = yield* chooseNext(predicted, ids, CHOSEN);
    const isChosen = new Set(chosen);
    const rest = ids.filter((id) => !isChosen.has(id));
    const others = yield* orderBySuggestion(predicted, rest, 'least-sure');
    return concat(chosen, others);
  }

  /** The ids of pictures for which this class is suggested. */
  *filter(ids: Uint32Array, { class: index, from }: SuggestedFilter): Steps<Uint32Array> {
    return yield* suggestedAs(yield* this.#predicted(), ids, { class: index, from });
  }
}

function concat(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
