import type { SuggestionEstimates, SuggestionSummary } from '../../../shared/contract/insight.ts';
import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import type { LabelResult, LabelChange } from '../../../shared/library/labels.ts';
import { toFailure } from '../../../shared/errors.ts';
import { indexModel } from '../../engine/index-library.ts';
import { SuggestionThread } from '../../engine/suggestions/suggestion-thread.ts';
import type { SuggestAnswers, SuggestTask } from '../../engine/suggestions/suggest-task.ts';
import type { Project } from '../../library/folder.ts';
import { isSwapped } from '../../library/labels/class-order.ts';
import { suggestingRun } from '../../engine/suggestions/suggesting-run.ts';
import { OfOpenProject } from './of-open-project.ts';
import type { OpenProject } from './open-project.ts';

/** Debounces labelling by dragging, so that its labels are sent together. */
const SETTLE_MS = 30;
/** Delay after labelling until all pictures are predicted; visible ones are predicted immediately. */
const COUNT_AFTER_MS = 300;

/** The thread of a project, and what it knows. */
class Open {
  readonly thread: SuggestionThread;
  /** Settles when everything was read the first time, or again with the classes swapped; null before. */
  ready: Promise<unknown> | null = null;
  /** Class order of what was asked to be read last. */
  isSwapped = false;
  /** What has been read; null before. */
  known: { model: IndexModel; isSwapped: boolean } | null = null;
  /** Labels that the thread has not been told yet. */
  changes: LabelChange[] = [];

  constructor(readonly project: Project) {
    this.thread = new SuggestionThread(project);
  }

  /** @throws TwofoldError the errors of `SuggestionThread.ask` */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    try {
      return await this.thread.ask(task);
    } catch (error) {
      // The next task starts another thread, which must read everything.
      if (toFailure(error).code === 'crashed') [this.ready, this.known] = [null, null];
      throw error;
    }
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}

/** Suggests labels for the open project, on a thread whose index and labels are kept up to date. */
export class Suggestions {
  /** Null until the index and labels have been read. */
  summary: SuggestionSummary | null = null;
  /** Incremented with every change of the suggestions. */
  version = 0;
  readonly #open: OfOpenProject<Open>;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    project: OpenProject,
    private readonly onChange: () => void,
  ) {
    this.#open = new OfOpenProject(project, (opened) => new Open(opened));
    project.beforeClose(() => this.close());
  }

  /** Reads the index and labels again; starts the thread if it is not running. */
  async read(): Promise<SuggestionSummary> {
    return this.#read(this.#open.require());
  }

  async #read(open: Open): Promise<SuggestionSummary> {
    const swapped = isSwapped(open.project.db);
    if (swapped !== open.isSwapped) open.ready = null;
    open.isSwapped = swapped;
    const reading = this.#readNow(open, swapped);
    // What was read before serves until this is read.
    open.ready ??= reading;
    try {
      return await reading;
    } catch (error) {
      if (open.ready === reading) open.ready = null;
      throw error;
    }
  }

  async #readNow(open: Open, swapped: boolean): Promise<SuggestionSummary> {
    const { project, known } = open;
    const model = await indexModel(project);
    const isOther = known?.isSwapped !== swapped || known.model.fingerprint !== model.fingerprint;
    await open.ask({ kind: 'read', model, isOther, by: suggestingRun(project) });
    open.known = { model, isSwapped: swapped };
    return this.#take(await open.ask({ kind: 'summary' }));
  }

  /** More pictures are indexed: the library and the groups are read once indexing is over. */
  async readMore(): Promise<void> {
    await this.ask({ kind: 'readMore' });
    this.#take(await this.ask({ kind: 'summary' }));
  }

  /** A run has predicted more pictures. */
  async predicted(run: string): Promise<void> {
    if (this.summary?.by !== run) return;
    await this.ask({ kind: 'readRun' });
    this.#take(await this.ask({ kind: 'summary' }));
  }

  #take(summary: SuggestionSummary): SuggestionSummary {
    this.summary = summary;
    this.version++;
    this.onChange();
    return summary;
  }

  /**
   * Sends a task to the thread after it has read the index and the library once.
   *
   * @throws TwofoldError the errors of `SuggestionThread.ask`
   */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    const open = this.#open.require();
    // Another program may have swapped the classes.
    const isCurrent = open.isSwapped === isSwapped(open.project.db);
    await ((isCurrent ? open.ready : null) ?? this.#read(open));
    await this.#takeLabels(open);
    return open.ask(task);
  }

  /** Updates the suggestions after labels changed. */
  labelled({ changes, swapped }: LabelResult): void {
    const open = this.#open.current;
    if (!open) return;
    clearTimeout(this.#timer);
    if (swapped) {
      [open.changes, open.ready] = [[], null];
      void this.#read(open).catch(() => undefined);
      return;
    }
    open.changes.push(...changes);
    this.#timer = setTimeout(() => void this.#takeLabels(open).catch(() => undefined), SETTLE_MS);
  }

  async #takeLabels(open: Open): Promise<void> {
    const { changes } = open;
    if (changes.length === 0) return;
    clearTimeout(this.#timer);
    open.changes = [];
    await open.ask({ kind: 'label', changes });
    this.version++;
    this.onChange();
    this.#timer = setTimeout(() => void this.#count().catch(() => undefined), COUNT_AFTER_MS);
  }

  /** Predicts all pictures, which is too slow to do after every label. */
  async #count(): Promise<void> {
    if (!this.#open.current) return;
    this.summary = await this.ask({ kind: 'summary' });
    this.onChange();
  }

  /** Out-of-fold predictions of the labelled pictures: each without its own label. */
  estimates(): Promise<SuggestionEstimates> {
    return this.ask({ kind: 'estimate' });
  }

  /** Ends the thread and discards its state. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.summary = null;
    await this.#open.end();
  }
}
