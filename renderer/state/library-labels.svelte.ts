/* eslint-disable svelte/prefer-svelte-reactivity -- looked up by ourselves, never shown */
import type { LabelAnswer } from '../../shared/contract/labels.ts';
import type { LabelChange, LabelSource, LabelValue, UndoState } from '../../shared/library/labels.ts';
import type { LibraryCounts } from '../../shared/library/pictures.ts';
import { swapLabel } from '../../shared/swap.ts';
import type { Client } from './client.ts';
import type { GridPicture } from './library-rows.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';

/** Pictures a call: main stores them in some 35 ms and is there for others in between. */
const CHUNK = 5000;

/** One gesture: everything that is given to it is one step of undo. */
export interface Stroke {
  label: LabelValue;
  source: LabelSource;
  /** The batch that its first part became. */
  batch: number | null;
  /** The stroke whose step of undo this one belongs to. */
  follows?: Stroke;
}

type Job =
  | { kind: 'set'; stroke: Stroke; ids: number[] }
  | { kind: 'keep'; ids: readonly number[]; source: LabelSource }
  | { kind: 'remove'; ids: readonly number[] }
  | { kind: 'undo' | 'redo' | 'swap' };

/** @param did which kind of step it was */
type AnswerListener = (answer: LabelAnswer, did: Job['kind']) => void;

/** What the labels need of the rest of the library. */
export interface LabelsHost {
  /** The row of a picture, where it is known. */
  peek(id: number): GridPicture | undefined;
  /** Labels on the screen may be wrong: rows and counts must be read again. */
  reread(): void;
  /** What an undo or redo brought back. */
  onReplayed(changes: readonly LabelChange[]): void;
  /** Pictures were removed from the project or restored; the list is read again by itself. */
  onRemoved(removal: Removal): void;
}

export interface Removal {
  did: 'remove' | 'restore';
  count: number;
  /** What undo would take back; null where this was itself an undo or redo. */
  batch: number | null;
}

/**
 * Labels pictures: on the screen at once, on the disk some milliseconds later, in the order of the gestures. While one
 * call is under way what a stroke paints meanwhile is gathered for the next, so a fast hand never outruns the disk.
 */
export class LibraryLabels {
  undoState = $state.raw<UndoState>({ undo: null, redo: null });
  readonly #jobs: Job[] = [];
  /** Labels that are on the screen only, each with the job that will store it. */
  readonly #pending = new Map<number, Job>();
  readonly #listeners = new Set<(ids: readonly number[]) => void>();
  readonly #answerListeners = new Set<AnswerListener>();
  #busy = false;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly project: ProjectState,
    private readonly host: LabelsHost,
  ) {}

  /**
   * @param listener told which pictures' labels were stored, or could not be; also by undo and redo
   * @returns a function that ends it
   */
  onStored(listener: (ids: readonly number[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * @param listener told everything that was stored, in order
   * @returns a function that ends it
   */
  onAnswer(listener: AnswerListener): () => void {
    this.#answerListeners.add(listener);
    return () => void this.#answerListeners.delete(listener);
  }

  #tell(ids: readonly number[]): void {
    this.#listeners.forEach((listener) => listener(ids));
  }

  pendingLabel(id: number): LabelValue | undefined {
    const job = this.#pending.get(id);
    return job?.kind === 'set' ? job.stroke.label : undefined;
  }

  /** Reads what can be undone, after it changed elsewhere. */
  async refresh(): Promise<void> {
    this.undoState = await this.client.call('labels.undoState');
  }

  clear(): void {
    this.undoState = { undo: null, redo: null };
  }

  /** Labels pictures in one step. @returns the step, for `undoStroke` */
  set(ids: Iterable<number>, label: LabelValue, source: LabelSource): Stroke {
    const stroke: Stroke = { label, source, batch: null };
    this.paint(stroke, ids);
    return stroke;
  }

  /** Labels pictures of both classes in one step. */
  setBoth(groups: readonly [Iterable<number>, Iterable<number>], source: LabelSource): void {
    const first: Stroke = { label: 0, source, batch: null };
    this.paint(first, groups[0]);
    this.paint({ label: 1, source, batch: null, follows: first }, groups[1]);
  }

  /** Gives more pictures to a stroke. */
  paint(stroke: Stroke, ids: Iterable<number>): void {
    const fresh = [...ids].filter((id) => this.host.peek(id)?.label !== stroke.label);
    if (fresh.length === 0) return;
    const last = this.#jobs.at(-1);
    const isWaiting =
      last?.kind === 'set' && last.stroke === stroke && (this.#jobs.length > 1 || !this.#busy);
    const job: Job & { kind: 'set' } = isWaiting ? last : { kind: 'set', stroke, ids: [] };
    for (const id of fresh) {
      job.ids.push(id);
      this.#pending.set(id, job);
    }
    this.#show(fresh, stroke.label);
    if (!isWaiting) this.#enqueue(job);
  }

  /** Records in one step that labels were checked and are right, once everything before it is stored. */
  keep(ids: Iterable<number>, source: LabelSource): void {
    this.#enqueue({ kind: 'keep', ids: [...ids], source });
  }

  /** Removes pictures from the project in one step, once everything before it is stored. */
  remove(ids: Iterable<number>): void {
    this.#enqueue({ kind: 'remove', ids: [...ids] });
  }

  undo(): void {
    this.#enqueue({ kind: 'undo' });
  }

  /** Undoes a step that was offered a while ago, unless others came after it: those go first. */
  undoBatch(batch: number): void {
    if (this.undoState.undo?.batch === batch) this.undo();
    else this.notices.say('Other changes came after it. Undo those first.');
  }

  /** Like `undoBatch` for a stroke, which may not be stored yet. */
  undoStroke(stroke: Stroke): void {
    const last = this.#jobs.at(-1);
    if (last?.kind === 'set' && last.stroke === stroke) this.undo();
    else if (stroke.batch !== null) this.undoBatch(stroke.batch);
  }

  redo(): void {
    this.#enqueue({ kind: 'redo' });
  }

  /** Makes the other class the positive one, once everything before it is stored. */
  swap(): void {
    this.#enqueue({ kind: 'swap' });
  }

  /** After the classes changed places: what waits behind that still means the class that was on the screen. */
  swapIndices(): void {
    const waiting = this.#jobs.slice(1).flatMap((job) => (job.kind === 'set' ? [job.stroke] : []));
    for (const stroke of new Set(waiting)) stroke.label = swapLabel(stroke.label);
  }

  #show(ids: readonly number[], label: LabelValue): void {
    const known = this.project.counts;
    const counts = known && { ...known, classes: [...known.classes] as [number, number] };
    for (const id of ids) {
      const row = this.host.peek(id);
      if (!row) continue;
      if (counts) {
        count(counts, row.label, -1);
        count(counts, label, 1);
      }
      row.label = label;
    }
    this.project.counts = counts;
  }

  #enqueue(job: Job): void {
    this.#jobs.push(job);
    this.project.unsaved = this.#jobs.length;
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      try {
        if (job.kind === 'set') await this.#store(job);
        else if (job.kind === 'remove') await this.#remove(job.ids);
        else if (job.kind === 'keep') {
          const { source } = job;
          this.#adopt(await this.client.call('labels.keep', { ids: [...job.ids], source }), job.kind);
          this.#tell(job.ids);
        } else this.#replayed(await this.client.call(`labels.${job.kind}`), job.kind);
        this.#jobs.shift();
      } catch (error) {
        this.#jobs.shift();
        this.notices.fail(error);
        this.#forget(job);
        this.host.reread();
        void this.project.readCounts();
        if (job.kind === 'set' || job.kind === 'keep') this.#tell(job.ids);
      }
      this.project.unsaved = this.#jobs.length;
    }
    this.#busy = false;
  }

  async #store(job: Job & { kind: 'set' }): Promise<void> {
    const { stroke, ids } = job;
    let answer: LabelAnswer | undefined;
    let changed = 0;
    for (let start = 0; start < ids.length; start += CHUNK) {
      answer = await this.client.call('labels.set', {
        ids: ids.slice(start, start + CHUNK),
        label: stroke.label,
        source: stroke.source,
        join: stroke.batch ?? stroke.follows?.batch ?? null,
      });
      stroke.batch = answer.batch ?? stroke.batch;
      changed += answer.changes.length;
    }
    this.#forget(job);
    if (answer) this.#adopt(answer, 'set');
    // Another program labelled some meanwhile, or put them into the test set: these kept their label.
    if (stroke.source === 'suggested' && changed < ids.length) this.host.reread();
    this.#tell(ids);
  }

  async #remove(ids: readonly number[]): Promise<void> {
    let answer: LabelAnswer | undefined;
    let removed = 0;
    for (let start = 0; start < ids.length; start += CHUNK) {
      answer = await this.client.call('labels.remove', {
        ids: ids.slice(start, start + CHUNK),
        join: answer?.batch ?? null,
      });
      removed += answer.removed?.length ?? 0;
    }
    if (answer) this.#adopt(answer, 'remove');
    if (removed > 0) this.host.onRemoved({ did: 'remove', count: removed, batch: answer?.batch ?? null });
  }

  #replayed(answer: LabelAnswer, did: Job['kind']): void {
    for (const { id, label } of answer.changes) {
      const row = this.host.peek(id);
      if (row && !this.#pending.has(id)) row.label = label;
    }
    this.#adopt(answer, did);
    const { removed, restored } = answer;
    if (removed) this.host.onRemoved({ did: 'remove', count: removed.length, batch: null });
    if (restored) this.host.onRemoved({ did: 'restore', count: restored.length, batch: null });
    if (answer.changes.length === 0) return;
    this.host.onReplayed(answer.changes);
    this.#tell(answer.changes.map(({ id }) => id));
  }

  #adopt(answer: LabelAnswer, did: Job['kind']): void {
    this.undoState = answer.undo;
    this.#answerListeners.forEach((listener) => listener(answer, did));
  }

  #forget(job: Job): void {
    if (job.kind !== 'set') return;
    for (const id of job.ids) if (this.#pending.get(id) === job) this.#pending.delete(id);
  }
}

function count(counts: LibraryCounts, label: LabelValue, by: number): void {
  if (label === 0 || label === 1) counts.classes[label] += by;
  else if (label === 'skipped') counts.skipped += by;
  else counts.unlabelled += by;
}
