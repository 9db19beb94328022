import { toFailure } from '../../../shared/errors.ts';
import type { RunCoverage, RunRecord } from '../../../shared/library/runs.ts';
import type { Progress } from '../../../shared/progress.ts';
import { predictLibrary } from '../../engine/predict-library.ts';
import { canPredict } from '../../engine/can-predict.ts';
import { suggestingRun } from '../../engine/suggestions/suggesting-run.ts';
import type { Project } from '../../library/folder.ts';
import { listRuns } from '../../library/runs/runs.ts';
import { getSettings, updateSettings } from '../../library/settings.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';

/** Up to this many pictures, which take a minute or two, the newest run predicts automatically. */
const UNASKED = 2000;

export interface PredictingOptions {
  signal: AbortSignal;
  spawn: () => JobProcess;
  onProgress: (progress: Progress) => void;
}

/** Lets runs of the open project predict all pictures, one run at a time. */
export class RunPredictions {
  /** Runs that were stopped or failed in this session. */
  readonly #stopped = new Set<string>();
  /** Pictures that each run could not read in this session. */
  readonly #unreadable = new Map<string, Set<number>>();
  #predicting: { run: string; abort: AbortController } | null = null;

  constructor(private readonly project: OpenProject) {
    project.beforeClose(() => {
      this.#stopped.clear();
      this.#unreadable.clear();
      return Promise.resolve();
    });
  }

  /** The run that is predicting; null if none. */
  get run(): string | null {
    return this.#predicting?.run ?? null;
  }

  /** Requests that a run predicts all pictures; null stops the current one. */
  ask(run: string | null): void {
    const { db } = this.project.require();
    updateSettings(db, { predictsRun: run });
    if (run !== null) this.#stopped.delete(run);
    if (run === null && this.#predicting) this.#stopped.add(this.#predicting.run);
    if (this.#predicting && this.#predicting.run !== run) this.#predicting.abort.abort();
  }

  async coverage(run: string): Promise<RunCoverage> {
    const { predicted, total } = await this.project.requireReader().read({ kind: 'coverage', run });
    return { predicted: Math.min(total, predicted + (this.#unreadable.get(run)?.size ?? 0)), total };
  }

  /** Whether predictions were requested and not stopped. */
  isAsked(project: Project): boolean {
    return this.#asked(project).length > 0;
  }

  #asked(project: Project): string[] {
    const asked = [getSettings(project.db).predictsRun, suggestingRun(project)];
    return asked.filter((run): run is string => run !== null && !this.#stopped.has(run));
  }

  /**
   * The next run to predict: one that was requested or suggests classes, otherwise the newest one if few pictures are
   * left for it; null if none are left.
   *
   * @param unasked whether the newest run predicts automatically
   */
  async next(project: Project, unasked: boolean): Promise<RunRecord | null> {
    const usable = listRuns(project.db).filter((run) => canPredict(project, run));
    for (const id of this.#asked(project)) {
      const run = usable.find((one) => one.id === id);
      if (run && (await this.#left(id)) > 0) return run;
      if (getSettings(project.db).predictsRun === id) updateSettings(project.db, { predictsRun: null });
    }
    const [newest] = usable;
    if (!unasked || !newest || this.#stopped.has(newest.id)) return null;
    const left = await this.#left(newest.id);
    return left > 0 && left <= UNASKED ? newest : null;
  }

  async #left(run: string): Promise<number> {
    const { predicted, total } = await this.coverage(run);
    return total - predicted;
  }

  /**
   * Predicts what a run has not predicted yet, until it is stopped.
   *
   * @throws TwofoldError the errors of `predictLibrary`
   */
  async predict(
    project: Project,
    run: RunRecord,
    { signal, spawn, onProgress }: PredictingOptions,
  ): Promise<void> {
    const abort = new AbortController();
    const unreadable = this.#unreadable.get(run.id) ?? new Set<number>();
    this.#unreadable.set(run.id, unreadable);
    this.#predicting = { run: run.id, abort };
    const reader = this.project.requireReader();
    try {
      await predictLibrary(project, run, {
        spawn,
        // Killed rather than stopped, so that foreground work need not wait; at most one batch is lost.
        killSignal: AbortSignal.any([signal, abort.signal]),
        unreadable,
        onProgress,
        reads: {
          coverage: () => reader.read({ kind: 'coverage', run: run.id }),
          unpredicted: (most, except) => reader.read({ kind: 'unpredicted', run: run.id, most, except }),
        },
      });
    } catch (error) {
      if (abort.signal.aborted && !signal.aborted) return;
      if (toFailure(error).code !== 'cancelled') this.#stopped.add(run.id);
      throw error;
    } finally {
      this.#predicting = null;
    }
  }
}
