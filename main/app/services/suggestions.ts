import type { SuggestionEstimates, SuggestionSummary } from '../../../shared/contract/insight.ts';
import type { IndexModel } from '../../../shared/jobs/index-pictures.ts';
import type { LabelResult, LabelChange } from '../../../shared/library/labels.ts';
import { toFailure } from '../../../shared/errors.ts';
import { indexModel } from '../../engine/index-library.ts';
import { SuggestionThread } from '../../engine/suggestions/suggestion-thread.ts';
import type { SuggestAnswers, SuggestTask } from '../../engine/suggestions/suggest-task.ts';
import type { Project } from '../../library/folder.ts';
import { isSwapped } from '../../library/labels/class-order.ts';
import type { OpenProject } from './open-project.ts';

/** Labels of a stroke are taken together. */
const SETTLE_MS = 30;
/** All pictures are predicted once labelling pauses; the visible ones immediately. */
const COUNT_AFTER_MS = 300;

/** Suggests labels for the open project: keeps the thread with its index and its labels up to date. */
export class Suggestions {
  /** Null until index and labels were read. */
  summary: SuggestionSummary | null = null;
  /** Counts up with every change of the suggestions. */
  version = 0;
  #open: { project: Project; thread: SuggestionThread } | null = null;
  #model: IndexModel | null = null;
  #isSwapped = false;
  #reading: Promise<unknown> | null = null;
  #changes: LabelChange[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly project: OpenProject,
    private readonly onChange: () => void,
  ) {
    project.beforeClose(() => this.close());
  }

  /** Reads index and library again, and starts the thread where it is not running. */
  async read(): Promise<SuggestionSummary> {
    const project = this.project.require();
    const reading = this.#read(project);
    this.#reading = reading;
    try {
      return await reading;
    } catch (error) {
      if (this.#reading === reading) this.#reading = null;
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
    return this.#take(await this.#open.thread.ask({ kind: 'read', model, isOther }));
  }

  #take(summary: SuggestionSummary): SuggestionSummary {
    this.summary = summary;
    this.version++;
    this.onChange();
    return summary;
  }

  /** Asks the thread, which has read everything first. @throws TwofoldError as `SuggestionThread.ask` */
  async ask<T extends SuggestTask>(task: T): Promise<SuggestAnswers[T['kind']]> {
    this.#reading ??= this.read();
    await this.#reading;
    await this.#takeLabels();
    if (!this.#open) return this.ask(task);
    try {
      return await this.#open.thread.ask(task);
    } catch (error) {
      // A thread that ended is started again and must read everything.
      if (toFailure(error).code === 'crashed') this.#reading = null;
      throw error;
    }
  }

  /** Labels were changed: suggestions follow. */
  labelled({ changes, swapped }: LabelResult): void {
    if (!this.#open) return;
    clearTimeout(this.#timer);
    if (swapped) {
      this.#changes = [];
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

  /** Predicts all pictures, which takes longer than the next label of a fast hand. */
  async #count(): Promise<void> {
    if (!this.#open) return;
    this.summary = await this.#open.thread.ask({ kind: 'summary' });
    this.onChange();
  }

  /** Labelled pictures, each predicted without its own label. */
  async estimates(): Promise<SuggestionEstimates> {
    for (;;) {
      const estimates = await this.ask({ kind: 'estimate' });
      if (estimates) return estimates;
    }
  }

  /** Ends the thread and forgets everything. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const open = this.#open;
    this.#open = null;
    this.#reading = null;
    this.#model = null;
    this.#changes = [];
    this.summary = null;
    await open?.thread.close();
  }
}
