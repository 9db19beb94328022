import type { CallOutput } from '../../../shared/contract.ts';
import type { RunInfo } from '../../../shared/contract/train.ts';
import type { ProgressEvent } from '../../../shared/jobs.ts';
import { chooseRun, startEvaluation } from '../../engine/evaluate.ts';
import type { Emit } from './emit.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { getRun } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Importer } from './importer.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { OpenProject } from './open-project.ts';
import { runInfo } from './trainer.ts';

/** Evaluates runs on the test set, when a person asks for it. */
export class Evaluator {
  readonly #work = new OneAtATime<RunInfo, ProgressEvent>('An evaluation', (progress) =>
    this.emit('evaluate.progress', progress),
  );
  /** The run that is evaluated, or was last. */
  #run = '';

  constructor(
    private readonly project: OpenProject,
    private readonly importer: Importer,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
  ) {
    project.beforeClose(() => this.#work.end());
  }

  /** The evaluation under way; null where none is. */
  get state(): CallOutput<'evaluate.state'> {
    const { state } = this.#work;
    return state && { ...state, run: this.#run };
  }

  /** What comes of the evaluation under way; null where none is. */
  get answer(): Promise<RunInfo> | null {
    return this.#work.result;
  }

  /** @throws TwofoldError as `startEvaluation`; `busy`, `cancelled` */
  evaluate(runId: string): Promise<RunInfo> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    return this.#work.run(async (signal, onProgress) => {
      this.#run = runId;
      const filter = { kind: 'split', split: 'test' } as const;
      await this.importer.check(listPictureIds(project.db, { filter }));
      signal.throwIfAborted();
      const { threshold } = getSettings(project.db);
      const { job, result } = startEvaluation(
        project,
        run,
        { on: 'test', threshold },
        this.spawn,
        (event) => {
          if (event.type === 'progress') onProgress(event);
        },
      );
      const cancel = (): void => job.cancel();
      signal.addEventListener('abort', cancel);
      try {
        await result;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
      this.emit('runs.changed', null);
      return runInfo(project, getRun(project.db, runId));
    });
  }

  cancel(): void {
    this.#work.cancel();
  }
}
