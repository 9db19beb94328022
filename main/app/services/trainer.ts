import { existsSync } from 'node:fs';
import { powerSaveBlocker } from 'electron';
import type { RunInfo, TrainSeries } from '../../../shared/contract/train.ts';
import { TwofoldError, toFailure, type Failure } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs/messages.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { freshRun, withEvent, type LiveRun } from '../../../shared/live-run.ts';
import { canPredict } from '../../engine/can-predict.ts';
import { startTraining, type Training, type TrainRequest } from '../../engine/train.ts';
import type { Emit } from './emit.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { getRun } from '../../library/runs/runs.ts';
import { RunFolder } from '../../training/run-folder.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import type { Speeds } from './speeds.ts';
import type { Splits } from './splits.ts';

/** Time allowed for a run to stop when its project is closed; then its process is killed. */
const STOP_PATIENCE_MS = 15_000;

/** Trains runs of the open project, one at a time. */
export class Trainer {
  #running: { training: Training; live: LiveRun } | undefined;
  #starting: Promise<unknown> | undefined;
  /** Runs of one recipe with several seeds: those that were started, and the recipes that are left. */
  #series: { runs: string[]; left: Recipe[] } | null = null;

  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly speeds: Speeds,
    private readonly splits: Splits,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
  ) {
    project.beforeClose(() => this.#end());
  }

  get state(): LiveRun | null {
    return this.#running?.live ?? null;
  }

  get series(): TrainSeries | null {
    const series = this.#series;
    return series && { total: series.runs.length + series.left.length, runs: series.runs };
  }

  /**
   * Checks the files of the labelled pictures, then starts training. Resolves once the run is recorded.
   *
   * @param next recipes that are trained after it, one after the other, unless one is stopped or fails
   * @throws TwofoldError `busy`; the errors of `startTraining`
   */
  async start(request: TrainRequest, next: Recipe[] = []): Promise<RunInfo> {
    const project = this.project.require();
    if (this.#running || this.#starting) {
      throw new TwofoldError('busy', 'A run is already being trained. Wait until it is done, or stop it.');
    }
    this.#series = next.length > 0 ? { runs: [], left: next } : null;
    return this.#begin(project, request);
  }

  async #begin(project: Project, request: TrainRequest): Promise<RunInfo> {
    const starting = this.#start(project, request);
    this.#starting = starting.catch(() => undefined);
    try {
      return await starting;
    } finally {
      this.#starting = undefined;
    }
  }

  async #start(project: Project, request: TrainRequest): Promise<RunInfo> {
    await this.checks.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
    const training = await startTraining(project, request, {
      spawn: this.spawn,
      plan: (recipe) => this.splits.plan(recipe),
      onEvent: (event) => this.#hear(event),
    });
    this.#running = { training, live: freshRun(training.run.id) };
    void this.#follow(project, training);
    this.emit('runs.changed', null);
    if (this.#series) {
      this.#series.runs = [...this.#series.runs, training.run.id];
      this.emit('train.seriesChanged', { series: this.series, error: null });
    }
    return runInfo(project, training.run);
  }

  pause(): null {
    return this.#command('pause', (phase) => (phase === 'running' ? 'pausing' : phase));
  }

  resume(): null {
    return this.#command('resume', (phase) => (phase === 'stopping' ? phase : 'running'));
  }

  stop(): null {
    if (this.#series) this.#series.left = [];
    // Between two runs of a series.
    if (!this.#running && this.#starting) return null;
    return this.#command('stop', () => 'stopping');
  }

  #command(
    command: 'pause' | 'resume' | 'stop',
    phaseAfter: (phase: LiveRun['phase']) => LiveRun['phase'],
  ): null {
    const running = this.#running;
    if (!running) throw new TwofoldError('not-found', 'No run is being trained.');
    running.training.job[command]();
    running.live = { ...running.live, phase: phaseAfter(running.live.phase) };
    return null;
  }

  #hear(event: JobEvent): void {
    if (!this.#running) return;
    const { recipe, weightsFingerprint } = this.#running.training.run;
    if (event.type === 'speed' && recipe && weightsFingerprint !== null) {
      this.speeds.keep(recipe, weightsFingerprint, event.speed);
    }
    this.#running.live = withEvent(this.#running.live, event);
    this.emit('train.event', { runId: this.#running.live.runId, event });
  }

  async #follow(project: Project, training: Training): Promise<void> {
    const blocker = powerSaveBlocker.start('prevent-app-suspension');
    const outcome = await training.result.then(
      // The window reads the scores it shows from the library.
      ({ scores: _, ...result }) => ({ result, error: null }),
      (thrown: unknown) => ({ result: null, error: toFailure(thrown) }),
    );
    powerSaveBlocker.stop(blocker);
    this.#running = undefined;
    if (!project.db.open) return;
    const run = runInfo(project, getRun(project.db, training.run.id));
    this.emit('train.finished', { run, ...outcome });
    this.emit('runs.changed', null);
    await this.#goOn(project, run.status === 'done');
  }

  /** Starts the next run of a series, if there is one. */
  async #goOn(project: Project, isDone: boolean): Promise<void> {
    if (!this.#series) return;
    const recipe = isDone ? this.#series.left.shift() : undefined;
    let error: Failure | null = null;
    if (recipe) {
      // It is counted again once it has started.
      const begun = await this.#begin(project, { recipe }).catch((thrown: unknown) => toFailure(thrown));
      if ('id' in begun) return;
      error = begun;
    }
    this.#series = null;
    this.emit('train.seriesChanged', { series: null, error });
  }

  async #end(): Promise<void> {
    this.#series = null;
    await this.#starting;
    const training = this.#running?.training;
    if (!training) return;
    training.job.stop();
    const impatient = setTimeout(() => training.job.kill(), STOP_PATIENCE_MS);
    await training.result.catch(() => undefined);
    clearTimeout(impatient);
  }
}

/** A run, with whether it can predict and be resumed. */
export function runInfo(project: Project, run: RunRecord): RunInfo {
  const folder = new RunFolder(runDir(project, run.id));
  const isOver = run.status !== 'running';
  return {
    ...run,
    canPredict: canPredict(project, run),
    canContinue: isOver && run.status !== 'done' && run.recipe !== null && existsSync(folder.checkpointPath),
  };
}
