import { setTimeout as wait } from 'node:timers/promises';
import type { IndexPhase, InsightSettings, InsightState } from '../../../shared/contract/insight.ts';
import { toFailure } from '../../../shared/errors.ts';
import type { IndexResult } from '../../../shared/jobs/index-pictures.ts';
import type { JobEvent } from '../../../shared/jobs/messages.ts';
import { measurePictures } from '../../engine/checks.ts';
import { indexModel } from '../../engine/index-library.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import { runJob, type JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';
import type { RunPredictions } from './run-predictions.ts';
import type { Suggestions } from './suggestions.ts';

/** Delay after opening a project or a change, so that indexing does not compete for the CPU at once. */
const START_AFTER_MS = 1500;
/** Pictures per job: sending more at once would block the main process. */
const JOB_PICTURES = 10_000;
/** Interval at which newly indexed pictures get suggestions while a job runs. */
const READ_EVERY_MS = 5000;

export interface IndexerOptions {
  settings: () => InsightSettings;
  /** Whether foreground work without a process of its own is running, such as an import. */
  isBusy: () => boolean;
  /** Decodes the pictures to measure. */
  pool: PicturePool;
  /** Starts the process of an index job, with the lowest priority. */
  spawn: () => JobProcess;
  onChange: () => void;
}

/**
 * Indexes the pictures of the open project in the background, and lets runs predict them. Each batch is stored immediately,
 * so the work resumes there after a restart or a crash. It pauses while foreground work runs.
 */
export class Indexer {
  #phase: IndexPhase = 'off';
  #progress: InsightState['progress'] = null;
  #message: string | null = null;
  /** SHA-256 of the pictures that could not be read in this session. */
  readonly #unreadable = new Set<string>();
  #awaited = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: { abort: AbortController; ended: Promise<void> } | null = null;
  #again = false;

  constructor(
    private readonly project: OpenProject,
    private readonly suggestions: Suggestions,
    private readonly predictions: RunPredictions,
    private readonly options: IndexerOptions,
  ) {
    project.beforeClose(() => this.#end());
  }

  get state(): Pick<InsightState, 'phase' | 'progress' | 'predicting' | 'message'> {
    const predicting = this.predictions.run;
    return { phase: this.#phase, progress: this.#progress, predicting, message: this.#message };
  }

  /** Wraps a function that starts a foreground process: indexing pauses while the process runs. */
  aside(spawn: () => JobProcess): () => JobProcess {
    return () => {
      this.#awaited++;
      this.#running?.abort.abort();
      const child = spawn();
      child.onExit(() => {
        this.#awaited--;
        this.wake();
      });
      return child;
    };
  }

  get #isBusy(): boolean {
    return this.#awaited > 0 || this.options.isBusy();
  }

  /** Call it after a project was opened, pictures were imported or removed, or a setting changed. */
  wake(): void {
    const isUnwanted = !this.options.settings().indexes && this.#phase !== 'predicting';
    if (this.#isBusy || isUnwanted) this.#running?.abort.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#start(), START_AFTER_MS);
  }

  async #start(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    const abort = new AbortController();
    const ended = this.#run(abort.signal).finally(() => (this.#running = null));
    this.#running = { abort, ended };
    await ended;
    if (!this.#again) return;
    this.#again = false;
    this.wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const project = this.project.current;
    const { indexes, suggests } = this.options.settings();
    if (!project || !(indexes || suggests)) await this.suggestions.close();
    if (!project) {
      this.#show('off');
      return;
    }
    try {
      if ((indexes || suggests) && !this.options.isBusy()) await this.suggestions.read();
      if (!indexes && !this.predictions.isAsked(project)) this.#show('off');
      else if (this.#isBusy) this.#show('resting');
      else {
        if (indexes) {
          await this.#index(project, signal);
          await this.#compare(project, signal);
          await this.#check(project, signal);
        }
        await this.#predict(project, indexes, signal);
        this.#show(indexes ? 'done' : 'off');
      }
    } catch (error) {
      const { code, message } = toFailure(error);
      if (code === 'cancelled' || signal.aborted) this.#show(this.#isBusy ? 'resting' : 'waiting');
      else this.#show('failed', message);
    } finally {
      this.#progress = null;
      this.options.onChange();
    }
  }

  async #index(project: Project, signal: AbortSignal): Promise<void> {
    const model = await indexModel(project);
    let before = 0;
    for (;;) {
      const { pictures, total } = await this.suggestions.ask({
        kind: 'missing',
        most: JOB_PICTURES,
        except: [...this.#unreadable],
      });
      if (pictures.length === 0) break;
      throwIfCancelled(signal);
      const all = before + total;
      const first = before;
      this.#progress = { done: first, total: all };
      this.#show('indexing');
      const stopReading = this.#everyFewSeconds(() => this.suggestions.readMore());
      let result: IndexResult;
      try {
        result = await runJob(
          { kind: 'index', cacheDir: cacheDir(project), model, pictures },
          {
            spawn: this.options.spawn,
            // Killed rather than stopped, so that foreground work need not wait; at most one batch is lost.
            killSignal: signal,
            onEvent: (event) => {
              if (event.type !== 'progress') return;
              this.#progress = { done: first + event.done, total: all };
              this.options.onChange();
            },
          },
        );
      } finally {
        stopReading();
      }
      const failed = new Set(result.leftOut.map(({ path }) => path));
      for (const { path, sha256 } of pictures) if (failed.has(path)) this.#unreadable.add(sha256);
      before += pictures.length;
      if (result.added === 0 && failed.size === 0) break;
      await this.suggestions.read();
    }
  }

  /** Finds near-duplicates among pictures that have not been compared yet. */
  async #compare(project: Project, signal: AbortSignal): Promise<void> {
    const pictures = await this.suggestions.ask({ kind: 'uncompared' });
    if (pictures.length === 0) return;
    const model = await indexModel(project);
    throwIfCancelled(signal);
    this.#progress = { done: 0, total: pictures.length };
    this.#show('comparing');
    await runJob(
      { kind: 'duplicates', cacheDir: cacheDir(project), model, pictures },
      { spawn: this.options.spawn, killSignal: signal, onEvent: (event) => this.#hear(event) },
    );
    await this.suggestions.read();
  }

  /** Measures the pictures for the quality checks (such as blur and exposure). */
  async #check(project: Project, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    await measurePictures(project, this.options.pool, {
      signal,
      onProgress: (progress) => {
        this.#progress = progress;
        this.#show('checking');
      },
    });
  }

  /** Lets runs predict all pictures. */
  async #predict(project: Project, unasked: boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      const run = await this.predictions.next(project, unasked);
      if (!run) return;
      throwIfCancelled(signal);
      const stopReading = this.#everyFewSeconds(() => this.suggestions.predicted(run.id));
      try {
        await this.predictions.predict(project, run, {
          signal,
          spawn: this.options.spawn,
          onProgress: (progress) => {
            this.#progress = progress;
            this.#show('predicting');
          },
        });
      } finally {
        stopReading();
        this.#progress = null;
      }
      await this.suggestions.predicted(run.id);
    }
  }

  #hear(event: JobEvent): void {
    if (event.type !== 'progress') return;
    this.#progress = { done: event.done, total: event.total };
    this.options.onChange();
  }

  /** Reads at intervals what is new. @returns a function that stops it */
  #everyFewSeconds(read: () => Promise<unknown>): () => void {
    const abort = new AbortController();
    void (async () => {
      for (;;) {
        await wait(READ_EVERY_MS, undefined, { signal: abort.signal });
        await read();
      }
    })().catch(() => undefined);
    return () => abort.abort();
  }

  #show(phase: IndexPhase, message: string | null = null): void {
    this.#phase = phase;
    this.#message = message;
    this.options.onChange();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#again = false;
    this.#running?.abort.abort();
    await this.#running?.ended;
    this.#unreadable.clear();
    this.#phase = 'off';
  }
}
