import { existsSync } from 'node:fs';
import { powerSaveBlocker } from 'electron';
import type { RunInfo, TrainState } from '../../../shared/contract/train.ts';
import { TwofoldError, toFailure } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import type { RunRecord } from '../../../shared/library.ts';
import { startTraining, type Training, type TrainRequest } from '../../engine/train.ts';
import type { Emit } from './emit.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { getRun } from '../../library/runs/runs.ts';
import { RunFolder } from '../../training/run-folder.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Importer } from './importer.ts';
import type { OpenProject } from './open-project.ts';

/** How long a run may take to end by itself when its project is closed, before its process is ended. */
const STOP_PATIENCE_MS = 15_000;

/** Trains runs of the open project, one at a time, and tells the window of it. */
export class Trainer {
  #running: { training: Training; state: TrainState } | undefined;
  #starting: Promise<unknown> | undefined;

  constructor(
    private readonly project: OpenProject,
    private readonly importer: Importer,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
  ) {
    project.beforeClose(() => this.#end());
  }

  get state(): TrainState | null {
    return this.#running?.state ?? null;
  }

  /**
   * Looks at the labelled pictures' files, then starts. Answers once the run is recorded.
   *
   * @throws TwofoldError `busy`, and why the pictures can't be trained on
   */
  async start(request: TrainRequest): Promise<RunInfo> {
    const project = this.project.require();
    if (this.#running || this.#starting) {
      throw new TwofoldError('busy', 'A run is being trained. Stop it first, or wait until it is done.');
    }
    const starting = this.#start(project, request);
    this.#starting = starting.catch(() => undefined);
    try {
      return await starting;
    } finally {
      this.#starting = undefined;
    }
  }

  async #start(project: Project, request: TrainRequest): Promise<RunInfo> {
    await this.importer.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
    const training = await startTraining(project, request, this.spawn, (event) => this.#hear(event));
    this.#running = { training, state: freshState(training.run) };
    void this.#follow(project, training);
    this.emit('runs.changed', null);
    return runInfo(project, training.run);
  }

  pause(): void {
    const { training, state } = this.#require();
    training.job.pause();
    if (state.phase === 'running') state.phase = 'pausing';
  }

  resume(): void {
    const { training, state } = this.#require();
    training.job.resume();
    if (state.phase !== 'stopping') state.phase = 'running';
  }

  stop(): void {
    const { training, state } = this.#require();
    training.job.stop();
    state.phase = 'stopping';
  }

  #require(): { training: Training; state: TrainState } {
    if (this.#running) return this.#running;
    throw new TwofoldError('not-found', 'Nothing is being trained at the moment.');
  }

  #hear(event: JobEvent): void {
    const state = this.#running?.state;
    if (!state) return;
    applyEvent(state, event);
    this.emit('train.event', { runId: state.runId, event });
  }

  async #follow(project: Project, training: Training): Promise<void> {
    const blocker = powerSaveBlocker.start('prevent-app-suspension');
    const outcome = await training.result.then(
      (result) => ({ result, error: null }),
      (thrown: unknown) => ({ result: null, error: toFailure(thrown) }),
    );
    powerSaveBlocker.stop(blocker);
    this.#running = undefined;
    if (!project.db.open) return;
    const run = runInfo(project, getRun(project.db, training.run.id));
    this.emit('train.finished', { run, ...outcome });
    this.emit('runs.changed', null);
  }

  async #end(): Promise<void> {
    await this.#starting;
    const training = this.#running?.training;
    if (!training) return;
    training.job.stop();
    const impatient = setTimeout(() => training.job.kill(), STOP_PATIENCE_MS);
    await training.result.catch(() => undefined);
    clearTimeout(impatient);
  }
}

/** A run with what can be done with it now. */
export function runInfo(project: Project, run: RunRecord): RunInfo {
  const folder = new RunFolder(runDir(project, run.id));
  const isOver = run.status !== 'running';
  return {
    ...run,
    canPredict: folder.hasHead && run.bestEpoch !== null,
    canContinue: isOver && run.status !== 'done' && run.recipe !== null && existsSync(folder.checkpointPath),
  };
}

function freshState(run: RunRecord): TrainState {
  return {
    runId: run.id,
    phase: 'running',
    startedAtMs: Date.now(),
    progress: null,
    counts: null,
    epochs: [],
    batches: [],
    leftOut: [],
  };
}

/** What the window would know had it heard every event; the window applies the same. */
function applyEvent(state: TrainState, event: JobEvent): void {
  switch (event.type) {
    case 'progress':
      state.progress = event;
      break;
    case 'split':
      state.counts = event.counts;
      break;
    case 'batch':
      if (event.batch === 1) state.batches = [];
      state.batches.push(event);
      break;
    case 'epoch':
      state.epochs.push(event);
      break;
    case 'left-out':
      state.leftOut.push(event.leftOut);
      break;
    case 'paused':
      if (state.phase !== 'stopping') state.phase = 'paused';
      break;
    case 'resumed':
      if (state.phase !== 'stopping') state.phase = 'running';
      break;
    case 'predicted':
      break;
  }
}
