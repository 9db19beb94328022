import type { CallOutput } from '../../../shared/contract.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { outOfFoldByHead } from '../../engine/out-of-fold.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { Task } from './task.ts';

/**
 * Predicts the labelled pictures out of fold with heads like a run's, when a person asks for it. The cache keeps the
 * result.
 */
export class OutOfFolds extends Task<{ pictures: number }, ProgressEvent> {
  #run = '';

  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'An out-of-fold prediction', (progress) => emit('folds.progress', progress));
  }

  override get state(): CallOutput<'folds.state'> {
    const state = super.state;
    return state && { ...state, run: this.#run };
  }

  /** @throws TwofoldError the errors of `outOfFoldByHead`; `busy`, `cancelled` */
  predict(runId: string): Promise<{ pictures: number }> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    return this.start(async (signal, onProgress) => {
      this.#run = runId;
      await this.checks.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
      throwIfCancelled(signal);
      const { pictures } = await outOfFoldByHead(project, run, {
        spawn: this.spawn,
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') onProgress(event);
        },
      });
      return { pictures: pictures.length };
    });
  }
}
