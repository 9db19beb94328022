import type { LabelAnswer } from '../../shared/contract/labels.ts';
import type { Suspect, SuspectList } from '../../shared/contract/suspects.ts';
import { toFailure } from '../../shared/errors.ts';
import { plural } from '../../shared/format.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import { swapClass } from '../../shared/swap.ts';
import type { PictureZoom } from '../lib/zoom.ts';
import type { Client } from './client.ts';
import { LabelCheckMemory } from './label-check-memory.ts';
import { LabelDecisions, type Decision } from './label-check-decisions.svelte.ts';
import { LabelCheckPictures } from './label-check-pictures.svelte.ts';
import { Skips } from './label-check-skips.svelte.ts';
import type { Folds } from './folds.svelte.ts';
import { HeadRanking } from './head-ranking.svelte.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';

interface Ranking {
  /** The run whose heads were trained in folds; null: the quick classifier. */
  run: string | null;
  list: SuspectList;
}

/** Goes through the labels that are likely wrong, one picture at a time. */
export class LabelCheck {
  isOpen = $state(false);
  /** Whether labels that only differ from the prediction are in the queue, too. */
  withAll = $state(false);
  /** Why labels can't be checked; null where they can. */
  refusal = $state<string | null>(null);
  ranking = $state.raw<Ranking | null>(null);
  readonly #heads: HeadRanking;
  /** What trained heads found last. */
  readonly byHead = $derived.by(() => this.#heads.latest);
  readonly pictures: LabelCheckPictures;
  /** The picture is shown over the whole window. */
  enlarged = $state(false);
  readonly skips = new Skips();
  /** Of the large picture, while it is shown. */
  zoom: PictureZoom | null = null;
  /** What was decided before comes first, so that progress counts it. */
  #all = $state.raw<readonly Suspect[]>([]);
  readonly #decisions = new LabelDecisions();
  #cursorId = $state<number | null>(null);
  readonly #memory: LabelCheckMemory;
  /** Pictures that are indexed, as far as known. */
  #indexed = 0;
  /** What was done last, as a new object each time. */
  announcement = $state.raw<{ id: number; did: Decision | 'undone' | 'skip' | 'skip-undone' } | null>(null);

  readonly #present = $derived(this.#all.filter(({ id }) => !this.#decisions.isGone(id)));
  /** What was skipped comes last. */
  readonly queue = $derived(
    this.#present
      .filter((one) => this.withAll || one.isLikely || this.decisionOf(one) !== null)
      .sort((a, b) => this.skips.of(a.id) - this.skips.of(b.id)),
  );
  readonly checked = $derived(this.queue.filter((one) => this.decisionOf(one) !== null));
  /** Labels of the queue that are not decided; once none is shown, those that were skipped. */
  readonly left = $derived(this.queue.length - this.checked.length);
  /** Labels outside the queue that differ from the prediction. */
  readonly others = $derived(this.#present.length - this.queue.length);
  readonly index = $derived(this.queue.findIndex(({ id }) => id === this.#cursorId));
  /** The picture in question; null when all are checked. */
  readonly current = $derived(this.queue[this.index] ?? null);
  /** The next pictures to check, for which everything is read in advance. */
  readonly ahead = $derived(
    this.#undecidedFrom(this.index)
      .filter((id) => id !== this.#cursorId && !this.skips.isPutOff(id))
      .slice(0, 2),
  );

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly library: Library,
    folds: Folds,
  ) {
    this.#heads = new HeadRanking(client, notices, folds);
    this.pictures = new LabelCheckPictures(client);
    this.#memory = new LabelCheckMemory(client, notices);
    folds.onAdopted = (run) => void this.#heads.rank(run).then((found) => this.#ranked(found && 'computed'));
    library.labels.onAnswer((answer, did) => this.#hear(answer, did === 'undo' || did === 'redo'));
    client.on('insight.changed', ({ summary }) => {
      const indexed = summary?.indexed ?? 0;
      const isMore = indexed > this.#indexed;
      this.#indexed = indexed;
      if (this.isOpen && this.refusal !== null && isMore) void this.refresh();
    });
    library.labels.onStored((ids) => this.#decisions.stored(ids));
  }

  /** For another project, or none. */
  open(): void {
    this.isOpen = false;
    this.#clear();
    this.#heads.forget();
    this.withAll = false;
  }

  #clear(): void {
    this.#all = [];
    this.#memory.forget();
    this.ranking = null;
    this.refusal = null;
    this.announcement = null;
    this.#decisions.clear();
    this.#cursorId = null;
    this.skips.clear();
    this.pictures.clear();
  }

  /** After the classes changed places. */
  swapIndices(): void {
    const swap = (one: Suspect): Suspect => ({
      ...one,
      label: swapClass(one.label),
      predicted: swapClass(one.predicted),
    });
    this.#all = this.#all.map(swap);
    this.#decisions.swapIndices();
    this.#heads.change(swap);
    this.pictures.clear();
  }

  /** Shows the queue, ranked by the labels as they are now. */
  async show(): Promise<void> {
    this.isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.isOpen = false;
    this.enlarged = false;
  }

  #remember(): void {
    this.#memory.remember(this.checked, this.left);
  }

  /** Ranks by the quick classifier and the current labels; what was decided stays decided. */
  async refresh(): Promise<void> {
    const checked = await this.#memory.restore();
    this.#all = [...this.#all, ...this.#decisions.restore(checked)];
    try {
      this.#take({ run: null, list: await this.client.call('suspects.quick') });
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      if (code === 'too-few') {
        this.#clear();
        this.refusal = message;
      } else this.notices.fail(thrown);
    }
  }

  /** Shows the queue, ranked by what trained heads found. */
  useHead(): void {
    this.isOpen = true;
    if (this.byHead) this.#take(this.byHead);
  }

  #take(ranking: Ranking): void {
    const decided = this.#all.filter((one) => this.decisionOf(one) !== null);
    const known = decided.map(({ id }) => id);
    this.refusal = null;
    this.ranking = ranking;
    // Heads may have been trained before the last labels were changed.
    const isCurrent = ({ id, label }: Suspect): boolean => this.labelOf(id, label) === label;
    this.#all = [
      ...decided,
      ...ranking.list.suspects.filter(
        (one) => !known.includes(one.id) && !this.#decisions.isKept(one.id) && isCurrent(one),
      ),
    ];
    this.pictures.clear();
    this.skips.clear();
    this.#toNext(-1);
  }

  /** Ranks by heads like a run's that are trained in 5 folds, unless their predictions are known. */
  async startFolds(run: string): Promise<void> {
    this.#ranked(await this.#heads.rank(run));
  }

  #ranked(found: 'known' | 'computed' | null): void {
    const { byHead } = this;
    if (!found || !byHead) return;
    if (found === 'known' || (this.isOpen && !this.current)) {
      this.useHead();
      return;
    }
    const likely = byHead.list.suspects.filter(({ isLikely }) => isLikely).length;
    this.notices.say(`The trained heads found ${plural(likely, 'likely label error')}.`, [
      { label: 'Check them', act: () => this.useHead() },
    ]);
  }

  /** The label that a picture has now. @param label the one that it had when it was read */
  labelOf(id: number, label: LabelValue): LabelValue {
    return this.#decisions.labelOf(id, label);
  }

  decisionOf(one: Suspect): Decision | null {
    return this.#decisions.of(one);
  }

  /** Decides about the current picture and shows the next that is undecided. */
  decide(decision: Decision): void {
    const { current: one } = this;
    if (!one) return;
    if (this.decisionOf(one) !== decision) {
      const label = decision === 'keep' ? one.label : decision === 'flip' ? one.predicted : 'skipped';
      this.#decisions.expect(one.id, decision);
      if (this.labelOf(one.id, one.label) !== label) this.library.label([one.id], label, 'review');
      if (decision === 'keep') this.library.labels.keep([one.id], 'review');
    }
    this.skips.decided();
    this.announcement = { id: one.id, did: decision };
    this.#toNext(this.index);
    this.#remember();
  }

  /** Decides nothing about the current picture, which comes again at the end of the queue. */
  skip(): void {
    const { current: one } = this;
    if (!one) return;
    // What was decided stays so; there is nothing to put off.
    if (this.decisionOf(one) !== null) {
      this.move(1);
      return;
    }
    const others = this.#undecidedFrom(this.index).filter((id) => id !== one.id);
    this.skips.add(one.id);
    this.announcement = { id: one.id, did: 'skip' };
    this.#cursorId = this.skips.next(others);
  }

  /** Undoes the last skip or, if something was decided since, the last step of labelling. */
  undo(): void {
    const id = this.skips.undo();
    if (id === undefined) {
      this.library.labels.undo();
      return;
    }
    this.#cursorId = id;
    this.announcement = { id, did: 'skip-undone' };
  }

  /** Shows what was skipped again. */
  checkSkipped(): void {
    this.skips.clear();
    this.#toNext(-1);
  }

  /** Removes a picture from the project and shows the next that is undecided. */
  remove(id: number): void {
    this.library.remove([id]);
    this.#toNext(this.index);
  }

  /** Takes the labels into the queue that only differ from the prediction. */
  includeAll(): void {
    this.withAll = true;
    this.#toNext(-1);
  }

  move(by: number): void {
    const next = this.queue[this.index + by];
    if (next) this.#cursorId = next.id;
  }

  /** To the first undecided picture after a place, else before it; to those that were skipped last. */
  #toNext(index: number): void {
    this.#cursorId = this.skips.next(this.#undecidedFrom(index));
  }

  /** Undecided pictures: those after a place of the queue, then those before it and its own. */
  #undecidedFrom(index: number): number[] {
    const order = [...this.queue.slice(index + 1), ...this.queue.slice(0, index + 1)];
    return order.filter((one) => this.decisionOf(one) === null).map(({ id }) => id);
  }

  #hear(answer: LabelAnswer, isReplay: boolean): void {
    this.#decisions.hear(answer);
    const { changes, kept = [], unkept = [], restored = [] } = answer;
    if (!isReplay || this.#all.length === 0) return;
    this.#remember();
    const affected = [...changes.map(({ id }) => id), ...kept, ...unkept, ...restored];
    const first =
      this.queue.find(({ id }) => affected.includes(id)) ?? this.#all.find(({ id }) => affected.includes(id));
    if (!first) return;
    this.#cursorId = first.id;
    this.announcement = { id: first.id, did: this.decisionOf(first) ?? 'undone' };
  }
}
