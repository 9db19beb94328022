import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { LabelAnswer } from '../../shared/contract/labels.ts';
import type { Suspect, SuspectList } from '../../shared/contract/suspects.ts';
import { toFailure } from '../../shared/errors.ts';
import { plural } from '../../shared/format.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import { swapClass, swapLabel } from '../../shared/swap.ts';
import type { ZoomHandle } from '../lib/zoom.ts';
import type { Client } from './client.ts';
import { LabelCheckPictures } from './label-check-pictures.svelte.ts';
import type { Folds } from './folds.svelte.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';

/** What was decided about a label: it is right, the other class is, or the picture is excluded from training. */
export type Decision = 'keep' | 'flip' | 'skip';

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
  /** What trained heads found last. */
  byHead = $state.raw<(Ranking & { run: string }) | null>(null);
  readonly pictures: LabelCheckPictures;
  /** Of the large picture, while it is shown. */
  zoom: ZoomHandle | null = null;
  /** What was decided before comes first, so that progress counts it. */
  #all = $state.raw<readonly Suspect[]>([]);
  /** Labels that were changed since they were ranked. */
  readonly #labels = new SvelteMap<number, LabelValue>();
  readonly #kept = new SvelteSet<number>();
  /** Decisions that are not on disk yet. */
  readonly #pending = new SvelteMap<number, Decision>();
  #cursorId = $state<number | null>(null);
  /** Whether it is known what was checked before. */
  #isRestored = false;
  /** Pictures that are indexed, as far as known. */
  #indexed = 0;
  /** The last decision in words, as a new object each time. */
  announcement = $state.raw<{ id: number; decision: Decision | 'undone' } | null>(null);

  readonly queue = $derived(
    this.#all.filter((one) => this.withAll || one.isLikely || this.decisionOf(one) !== null),
  );
  readonly checked = $derived(this.queue.filter((one) => this.decisionOf(one) !== null));
  /** Labels outside the queue that differ from the prediction. */
  readonly others = $derived(this.#all.length - this.queue.length);
  readonly index = $derived(this.queue.findIndex(({ id }) => id === this.#cursorId));
  /** The picture in question; null when all are checked. */
  readonly current = $derived(this.queue[this.index] ?? null);
  /** The next pictures to check, for which everything is read in advance. */
  readonly ahead = $derived(
    [...this.queue.slice(this.index + 1), ...this.queue.slice(0, Math.max(0, this.index))]
      .filter((one) => this.decisionOf(one) === null)
      .slice(0, 2),
  );

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly library: Library,
    private readonly folds: Folds,
  ) {
    this.pictures = new LabelCheckPictures(client);
    library.labels.onAnswer((answer, did) => this.#hear(answer, did === 'undo' || did === 'redo'));
    client.on('insight.changed', ({ summary }) => {
      const indexed = summary?.indexed ?? 0;
      const isMore = indexed > this.#indexed;
      this.#indexed = indexed;
      if (this.isOpen && this.refusal !== null && isMore) void this.refresh();
    });
    library.labels.onStored((ids) => ids.forEach((id) => this.#pending.delete(id)));
  }

  /** For another project, or none. */
  open(): void {
    this.isOpen = false;
    this.#clear();
    this.byHead = null;
    this.withAll = false;
  }

  #clear(): void {
    this.#all = [];
    this.#isRestored = false;
    this.ranking = null;
    this.refusal = null;
    this.announcement = null;
    this.#labels.clear();
    this.#kept.clear();
    this.#pending.clear();
    this.#cursorId = null;
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
    for (const [id, label] of this.#labels) this.#labels.set(id, swapLabel(label));
    if (this.byHead) {
      const { list } = this.byHead;
      this.byHead = { ...this.byHead, list: { ...list, suspects: list.suspects.map(swap) } };
    }
    this.pictures.clear();
  }

  /** Shows the queue, ranked by the labels as they are now. */
  async show(): Promise<void> {
    this.isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.isOpen = false;
  }

  /** What was checked before the app was restarted. */
  async #restore(): Promise<void> {
    const checked = await this.client.call('suspects.checked');
    if (this.#isRestored) return;
    this.#isRestored = true;
    for (const { suspect, now, isKept } of checked) {
      // Undone since, on the command line.
      if (now === suspect.label && !isKept) continue;
      if (!this.#labels.has(suspect.id)) this.#labels.set(suspect.id, now);
      if (isKept) this.#kept.add(suspect.id);
      this.#all = [...this.#all, suspect];
    }
  }

  /** A finished queue is not remembered, so that the next one starts at nothing checked. */
  #remember(): void {
    const isFinished = this.queue.length === this.checked.length;
    const suspects = isFinished ? [] : this.checked;
    void this.notices.attempt(() => this.client.call('suspects.setChecked', { suspects }));
  }

  /** Ranks by the quick classifier and the current labels; what was decided stays decided. */
  async refresh(): Promise<void> {
    if (!this.#isRestored) await this.notices.attempt(() => this.#restore());
    try {
      this.#take({ run: null, list: await this.client.call('suspects.quick') });
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      if (code === 'too-few') this.#refuse(message);
      else this.notices.fail(thrown);
    }
  }

  #refuse(message: string): void {
    this.#clear();
    this.refusal = message;
  }

  /** Ranks by what trained heads found. */
  useHead(): void {
    if (this.byHead) this.#take(this.byHead);
  }

  #take(ranking: Ranking): void {
    const decided = this.#all.filter((one) => this.decisionOf(one) !== null);
    const known = [...decided.map(({ id }) => id), ...this.#kept];
    this.refusal = null;
    this.ranking = ranking;
    // Heads may have been trained before the last labels were changed.
    const isCurrent = ({ id, label }: Suspect): boolean => (this.#labels.get(id) ?? label) === label;
    this.#all = [
      ...decided,
      ...ranking.list.suspects.filter((one) => !known.includes(one.id) && isCurrent(one)),
    ];
    this.pictures.clear();
    this.#toNext(-1);
  }

  /** Ranks by heads like a run's that are trained in 5 folds, unless their predictions are known. */
  async startFolds(run: string): Promise<void> {
    const ask = () => this.notices.attempt(() => this.client.call('suspects.byHead', { run }));
    const known = await ask();
    if (known) {
      this.byHead = { run, list: known };
      this.useHead();
    } else if (await this.folds.start(run, 'quick')) this.#arrived(run, await ask());
  }

  #arrived(run: string, list: SuspectList | null | undefined): void {
    if (list === undefined) return;
    if (list === null) {
      this.notices.say('Labels were changed while the heads were trained. Rank by them again.');
      return;
    }
    this.byHead = { run, list };
    if (this.isOpen && !this.current) {
      this.useHead();
      return;
    }
    const likely = list.suspects.filter(({ isLikely }) => isLikely).length;
    this.notices.say(`The trained heads found ${plural(likely, 'likely label error')}.`, [
      {
        label: 'Check them',
        act: () => {
          this.isOpen = true;
          this.useHead();
        },
      },
    ]);
  }

  /** The label that a picture has now. @param label the one that it had when it was read */
  labelOf(id: number, label: LabelValue): LabelValue {
    const changed = this.#labels.get(id);
    return changed === undefined ? label : changed;
  }

  decisionOf({ id, label }: Suspect): Decision | null {
    const pending = this.#pending.get(id);
    if (pending) return pending;
    const now = this.labelOf(id, label);
    if (now === label) return this.#kept.has(id) ? 'keep' : null;
    return now === 0 || now === 1 ? 'flip' : 'skip';
  }

  /** Decides about the current picture and shows the next that is undecided. */
  decide(decision: Decision): void {
    const { current: one } = this;
    if (!one) return;
    if (this.decisionOf(one) !== decision) {
      const label = decision === 'keep' ? one.label : decision === 'flip' ? one.predicted : 'skipped';
      this.#pending.set(one.id, decision);
      if (this.labelOf(one.id, one.label) !== label) this.library.label([one.id], label, 'review');
      if (decision === 'keep') this.library.labels.keep([one.id], 'review');
    }
    this.announcement = { id: one.id, decision };
    this.#toNext(this.index);
    this.#remember();
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

  /** To the first undecided picture after a place, else before it. */
  #toNext(index: number): void {
    const order = [...this.queue.slice(index + 1), ...this.queue.slice(0, index + 1)];
    this.#cursorId = order.find((one) => this.decisionOf(one) === null)?.id ?? null;
  }

  #hear({ changes, kept = [], unkept = [] }: LabelAnswer, isReplay: boolean): void {
    for (const { id, label } of changes) this.#labels.set(id, label);
    for (const id of kept) this.#kept.add(id);
    for (const id of unkept) this.#kept.delete(id);
    if (!isReplay || this.#all.length === 0) return;
    this.#remember();
    const affected = [...changes.map(({ id }) => id), ...kept, ...unkept];
    const first =
      this.queue.find(({ id }) => affected.includes(id)) ?? this.#all.find(({ id }) => affected.includes(id));
    if (!first) return;
    this.#cursorId = first.id;
    this.announcement = { id: first.id, decision: this.decisionOf(first) ?? 'undone' };
  }
}
