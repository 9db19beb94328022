import { SvelteMap } from 'svelte/reactivity';
import { MAX_ROWS } from '../../shared/contract/pictures.ts';
import type { EvaluatedSet } from '../../shared/split.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import {
  averagePrecision,
  classAt,
  confusion,
  curve,
  rocAuc,
  wrongness,
  type Scored,
} from '../../shared/metrics.ts';
import { swapClass, swapLabel } from '../../shared/swap.ts';
import { answerAt } from '../../shared/unsure.ts';
import type { Client } from './client.ts';
import { Figures } from './figures.svelte.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import type { Runs } from './runs.svelte.ts';

/** A picture of the validation or the test set as it is labelled now, and the run's probability for it. */
export interface Reviewed {
  id: number;
  picture: Picture;
  label: LabelValue;
  /** Of class 1, 0..1. */
  probability: number;
}

/** Pictures whose probability of class 1 is above `above` (from it on where that is 0), up to `upTo`. */
export interface ProbabilityRange {
  above: number;
  upTo: number;
  /** Only those of one class; default: of both. */
  actual?: 0 | 1;
}

/** Which pictures are listed: the wrong, those that the run's rule leaves unanswered, all, those of a cell of the confusion matrix, of several, or of a range of probabilities. */
export type ReviewChoice =
  'wrong' | 'unsure' | 'all' | { actual: 0 | 1; predicted: 0 | 1 } | ProbabilityRange;

export const isRange = (choice: ReviewChoice): choice is ProbabilityRange =>
  typeof choice === 'object' && 'above' in choice;

const isClass = (label: LabelValue): label is 0 | 1 => label === 0 || label === 1;

/** What a run gets right and wrong of the pictures that it did not learn from, by the labels as they are now. */
export class Review {
  readonly figures: Figures;
  pictures = $state.raw<readonly Reviewed[]>([]);
  loaded = $state(false);
  choice = $state.raw<ReviewChoice>('wrong');
  cursorId = $state<number | null>(null);
  /** The selected picture is shown over the whole window. */
  enlarged = $state(false);
  /** Labels that were changed here since the run was chosen, as they were before. */
  readonly #before = new SvelteMap<number, LabelValue>();
  /** The pictures as they were when the list was chosen: one that is relabelled keeps its place in it. */
  #chosenFrom = $state.raw<readonly Reviewed[]>([]);
  #wantedSet = $state<EvaluatedSet>('validation');
  /** The source that was read last. */
  #entered = '';
  #asked = 0;
  #isReading = false;

  readonly run = $derived.by(() => this.project.run);
  readonly hasTestSet = $derived.by(() => (this.project.counts?.test ?? 0) > 0);
  /** The set that is looked at. */
  readonly on = $derived<EvaluatedSet>(this.hasTestSet ? this.#wantedSet : 'validation');
  readonly threshold = $derived.by(() => this.project.threshold);
  readonly scored = $derived(
    this.pictures.flatMap(({ label, probability }): Scored[] =>
      isClass(label) ? [{ label, probability }] : [],
    ),
  );
  readonly confusion = $derived.by(() => confusion(this.scored, this.threshold));
  readonly curve = $derived(curve(this.scored));
  readonly rocAuc = $derived(rocAuc(this.scored));
  readonly averagePrecision = $derived(averagePrecision(this.scored));
  readonly #byId = $derived(Object.fromEntries(this.pictures.map((one) => [one.id, one])));
  /** Which pictures belong to the choice, the most wrong first. */
  readonly listed = $derived(
    this.#chosenFrom
      .filter((one) =>
        this.choice === 'unsure'
          ? this.isUnsure(one)
          : fits(this.choice, one.label, one.probability, this.threshold),
      )
      .map(({ id, label, probability }) => ({
        id,
        // Without a class it comes last.
        by: isClass(label) ? wrongness({ label, probability }, this.threshold) : -Infinity,
      }))
      .sort((a, b) => b.by - a.by)
      .flatMap(({ id }) => this.#byId[id] ?? []),
  );
  /** How many pictures the run answers with "unsure"; null without such a rule. */
  readonly unsure = $derived(
    this.run?.unsure ? this.pictures.filter((one) => this.isUnsure(one)).length : null,
  );
  /** Pictures that got another label here; no longer when that was undone. */
  readonly relabelled = $derived(
    this.pictures
      .filter(({ id, label }) => this.#before.has(id) && this.#before.get(id) !== label)
      .map(({ id }) => id),
  );
  readonly selected = $derived(this.listed.find(({ id }) => id === this.cursorId) ?? this.listed[0] ?? null);

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly project: ProjectState,
    private readonly runs: Runs,
    private readonly library: Library,
  ) {
    this.figures = new Figures(client, notices);
    library.labels.onStored((ids) => void this.#readAgain(ids));
  }

  /** For another project, or none. */
  open(): void {
    this.figures.open();
    this.#asked++;
    this.#isReading = false;
    this.pictures = [];
    this.#chosenFrom = [];
    this.loaded = false;
    this.enlarged = false;
    this.choice = 'wrong';
    this.#wantedSet = 'validation';
    this.#before.clear();
  }

  /** After the classes changed places: what is shown is right at once, and read again. */
  swapIndices(): void {
    const swap = (one: Reviewed): Reviewed => ({
      ...one,
      label: swapLabel(one.label),
      probability: 1 - one.probability,
    });
    this.pictures = this.pictures.map(swap);
    this.#chosenFrom = this.#chosenFrom.map(swap);
    for (const [id, label] of this.#before) this.#before.set(id, swapLabel(label));
    this.choice = swapChoice(this.choice);
    if (this.loaded) void this.#load();
  }

  chooseSet(set: EvaluatedSet): void {
    this.#wantedSet = set;
    this.pictures = [];
    this.#chosenFrom = [];
    this.loaded = false;
    this.choice = 'wrong';
  }

  /** Whether the run answers with "unsure"; the confusion matrix and the list of wrong pictures use the threshold only. */
  isUnsure({ probability }: Pick<Reviewed, 'probability'>): boolean {
    const rule = this.run?.unsure ?? null;
    return rule !== null && answerAt(probability, this.threshold, rule) === null;
  }

  /** Lists pictures of the validation set, whichever set was shown. */
  showValidation(choice: ReviewChoice): void {
    if (this.on !== 'validation') this.chooseSet('validation');
    this.show(choice);
  }

  show(choice: ReviewChoice): void {
    this.choice = choice;
    this.#chosenFrom = this.pictures;
  }

  /** What is looked at: it is read when that is another run, another set or another evaluation. */
  readonly source = $derived(
    `${this.run?.id ?? ''} ${this.on} ${this.on === 'test' ? (this.run?.test?.atMs ?? '') : ''}`,
  );

  /** Reads the pictures and lists them. */
  async enter(): Promise<void> {
    if (this.source !== this.#entered) this.#before.clear();
    this.#entered = this.source;
    await this.#load();
  }

  /** After pictures were removed or restored: the list stays as it is otherwise. */
  async refresh(): Promise<void> {
    if (this.loaded) await this.#load(this.#chosenFrom);
  }

  /**
   * Reads what the run says, and the labels as they are now.
   *
   * @param keptFrom pictures as they were when the list was chosen, which decide what is listed
   */
  async #load(keptFrom: readonly Reviewed[] = []): Promise<void> {
    const { run, on } = this;
    if (!run) return;
    const asked = ++this.#asked;
    this.#isReading = true;
    await this.notices.read(async () => {
      const { ids, probabilities } = await this.client.call('runs.predictions', { run: run.id, on });
      const byId = Object.fromEntries([...ids].map((id, index) => [id, probabilities[index]!]));
      // What has gone into the test set since, or out of it, belongs to neither.
      const rows = (await this.#rows([...ids])).filter(({ split }) => (split === 'test') === (on === 'test'));
      if (asked !== this.#asked) return;
      this.pictures = rows.map((picture) => this.#reviewed(picture, byId[picture.id]!));
      const kept = Object.fromEntries(keptFrom.map((one) => [one.id, one]));
      this.#chosenFrom = this.pictures.map((one) => kept[one.id] ?? one);
      this.loaded = true;
    });
    if (asked === this.#asked) this.#isReading = false;
  }

  /** Reads pictures whose labels changed, by undo and redo as well; the list stays as it is. */
  async #readAgain(ids: readonly number[]): Promise<void> {
    // What is being read may have been read before they changed.
    if (this.#isReading) return this.#load();
    // Whether the evaluation on the test set is still of these labels.
    if (this.on === 'test') void this.runs.refresh();
    const known = ids.filter((id) => id in this.#byId);
    if (known.length === 0) return;
    const asked = this.#asked;
    await this.notices.read(async () => {
      const rows = await this.#rows(known);
      if (asked !== this.#asked) return;
      const fresh = Object.fromEntries(rows.map((picture) => [picture.id, picture]));
      this.pictures = this.pictures.map((one) => {
        const picture = fresh[one.id];
        return picture ? this.#reviewed(picture, one.probability) : one;
      });
    });
  }

  async #rows(ids: readonly number[]): Promise<Picture[]> {
    const rows: Picture[] = [];
    for (let start = 0; start < ids.length; start += MAX_ROWS) {
      rows.push(...(await this.client.call('pictures.rows', { ids: ids.slice(start, start + MAX_ROWS) })));
    }
    return rows;
  }

  /** With the label that is on the screen, which may not be on the disk yet. */
  #reviewed(picture: Picture, probability: number): Reviewed {
    const { id, label } = picture;
    const pending = this.library.labels.pendingLabel(id);
    return { id, picture, label: pending === undefined ? label : pending, probability };
  }

  /** Looks at the next or the previous picture of the list. */
  step(by: 1 | -1): void {
    const next = this.listed[this.listed.findIndex(({ id }) => id === this.selected?.id) + by];
    if (next) this.cursorId = next.id;
  }

  /** Gives a picture another label, as one step of undo. */
  relabel(id: number, label: LabelValue): void {
    const known = this.#byId[id];
    if (!known || known.label === label) return;
    if (!this.#before.has(id)) this.#before.set(id, known.label);
    this.pictures = this.pictures.map((one) => (one.id === id ? { ...one, label } : one));
    this.library.label([id], label, 'review');
  }
}

function swapChoice(choice: ReviewChoice): ReviewChoice {
  if (typeof choice === 'string') return choice;
  if (!isRange(choice)) return { actual: swapClass(choice.actual), predicted: swapClass(choice.predicted) };
  const { above, upTo, actual } = choice;
  const range = { above: 1 - upTo, upTo: 1 - above };
  return actual === undefined ? range : { ...range, actual: swapClass(actual) };
}

function fits(
  choice: Exclude<ReviewChoice, 'unsure'>,
  label: LabelValue,
  probability: number,
  threshold: number,
): boolean {
  if (choice === 'all') return true;
  if (!isClass(label)) return false;
  const predicted = classAt(probability, threshold);
  if (choice === 'wrong') return label !== predicted;
  if (!isRange(choice)) return label === choice.actual && predicted === choice.predicted;
  const { above, upTo, actual = label } = choice;
  return (
    label === actual &&
    probability <= upTo &&
    (probability > above || above === 0 || (probability === upTo && above === upTo))
  );
}
