import type { TaskState } from '../../../shared/contract/task.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import type { JobOptions, JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';

/** Long work on the open project: one at a time, cancellable, and ended before the project is closed. */
export class Task<T, Progress> {
  #current: { abort: AbortController; result: Promise<T> } | null = null;
  #progress: Progress | null = null;

  /** @param name for messages: `An import` */
  constructor(
    project: OpenProject,
    private readonly name: string,
    private readonly onProgress: (progress: Progress) => void,
  ) {
    project.beforeClose(() => this.end());
  }

  /** Null if nothing is running. */
  get state(): TaskState<Progress> | null {
    return this.#current && { progress: this.#progress, cancelling: this.#current.abort.signal.aborted };
  }

  /** The result of the running work; null if nothing is running. */
  get result(): Promise<T> | null {
    return this.#current?.result ?? null;
  }

  /** Runs `work`. @throws TwofoldError `busy` if the task is already running */
  protected start(
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>,
  ): Promise<T> {
    if (this.#current) {
      throw new TwofoldError('busy', `${this.name} is already running. Wait until it is done, or cancel it.`);
    }
    this.#progress = null;
    const abort = new AbortController();
    const result = work(abort.signal, (progress) => {
      this.#progress = progress;
      this.onProgress(progress);
    }).finally(() => (this.#current = null));
    this.#current = { abort, result };
    return result;
  }

  readonly cancel = (): null => {
    this.#current?.abort.abort();
    return null;
  };

  /** Cancels and waits until the work has ended. */
  async end(): Promise<void> {
    this.cancel();
    await this.#current?.result.catch(() => undefined);
  }
}

/** Options of a job whose progress is that of a task. */
export const jobOfTask = (
  spawn: () => JobProcess,
  signal: AbortSignal,
  onProgress: (progress: ProgressEvent) => void,
): JobOptions => ({
  spawn,
  signal,
  onEvent: (event) => {
    if (event.type === 'progress') onProgress(event);
  },
});

/** A task that works with one run, which its state names. */
export class RunTask<T> extends Task<T, ProgressEvent> {
  #run = '';

  override get state(): (TaskState<ProgressEvent> & { run: string }) | null {
    const state = super.state;
    return state && { ...state, run: this.#run };
  }

  /** `start` for a run. */
  protected startFor(
    run: string,
    work: (signal: AbortSignal, onProgress: (progress: ProgressEvent) => void) => Promise<T>,
  ): Promise<T> {
    return this.start((signal, onProgress) => {
      this.#run = run;
      return work(signal, onProgress);
    });
  }
}
