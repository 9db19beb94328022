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
import type { OpenProject } from './open-project.ts';

/** Debounces labelling by dragging, so that its labels are sent together. */
const SETTLE_MS = 30;
/** Delay after labelling until all pictures are predicted; visible ones are predicted immediately. */
const COUNT_AFTER_MS = 300;

/** Suggests labels for the open project, on a thread whose index and labels are kept up to date. */
export class Suggestions {
  /** Null until the index and labels have been read. */
  summary: SuggestionSummary | null = null;
  /** Incremented with every change of the suggestions. */
  version = 0;
  #open: { project: Project; thread: SuggestionThread } | null = null;
  #model: IndexModel | null = null;
  #isSwapped = false;
  /** Settles when everything was read the first time, or again with the classes swapped; null before. */
  #ready: Promise<unknown> | null = null;
  #changes: LabelChange[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly project: OpenProject,
    private readonly onChange: () => void,
  ) {
    project.beforeClose(() => this.close());
  }

  /** Reads the index and labels again; starts the thread if it is not running. */
  async read(): Promise<SuggestionSummary> {
    const project = this.project.require();
    const reading = this.#read(project);
    // What was read before serves until this is read.
    this.#ready ??= reading;
    try {
      return await reading;
    } catch (error) {
      if (this.#ready === reading) this.#ready = null;
      throw error;
    }
  }

  async #read(project: Project): Promise<SuggestionSummary> {
    const model = await indexModel(project);
    this.#open ??= { project, thread: new SuggestionThread(project) };
    const swapped = isSwapped(project.db);
    const isOther = swapped !== this.#isSwapped || model.fingerprint !== this.#model?.fingerprint;
    this.#model = model;
    this.#isSwapped = swapped;
    const by = suggestingRun(project);
    const { thread } = this.#open;
    await thread.ask({ kind: 'read', model, isOther, by });
    return this.#take(await thread.ask({ kind: 'summary' }));
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
    this.#ready ??= this.read();
    await this.#ready;
    await this.#takeLabels();
    if (!this.#open) return this.ask(task);
    try {
      return await this.#open.thread.ask(task);
    } catch (error) {
      // The thread ended: the next call starts a new one, which must read everything.
      if (toFailure(error).code === 'crashed') this.#ready = null;
      throw error;
    }
  }

  /** Updates the suggestions after labels changed. */
  labelled({ changes, swapped }: LabelResult): void {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    if (swapped) {
      this.#changes = [];
      this.#ready = null;
      void this.read().catch(() => undefined);
      return;
    }
    this.#changes.push(...changes);
    this.#timer = setTimeout(() => void this.#takeLabels().catch(() => undefined), SETTLE_MS);
  }

  async #takeLabels(): Promise<void> {
    const changes = this.#changes;
    if (changes.length === 0 || !this.#open) return;
    clearTimeout(this.#timer);
    this.#changes = [];
    await this.#open.thread.ask({ kind: 'label', changes });
    this.version++;
    this.onChange();
    this.#timer = setTimeout(() => void this.#count().catch(() => undefined), COUNT_AFTER_MS);
  }

  /** Predicts all pictures, which is too slow to do after every label. */
  async #count(): Promise<void> {
    if (!this.#open) return;
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
    const open = this.#open;
    this.#open = null;
    this.#ready = null;
    this.#model = null;
    this.#changes = [];
    this.summary = null;
    await open?.thread.close();
  }
}
