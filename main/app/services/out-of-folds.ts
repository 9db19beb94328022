import type { TaskState } from '../../../shared/contract/task.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import type { FoldTraining } from '../../../shared/reliability.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { outOfFoldByHead } from '../../engine/out-of-fold.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, RunTask } from './task.ts';

/** Predicts the labelled pictures out of fold with heads like those of a run, on request. The cache keeps the result. */
export class OutOfFolds extends RunTask<{ pictures: number }> {
  #training: FoldTraining = 'quick';

  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'An out-of-fold prediction', (progress) => emit('folds.progress', progress));
  }

  override get state(): (TaskState<ProgressEvent> & { run: string; training: FoldTraining }) | null {
    const state = super.state;
    return state && { ...state, training: this.#training };
  }

  /** @throws TwofoldError the errors of `outOfFoldByHead`; `busy`, `cancelled` */
  predict(runId: string, training: FoldTraining): Promise<{ pictures: number }> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    const computed = this.startFor(runId, async (signal, onProgress) => {
      await this.checks.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
      throwIfCancelled(signal);
      const { pictures } = await outOfFoldByHead(
        project,
        run,
        training,
        jobOfTask(this.spawn, signal, onProgress),
      );
      return { pictures: pictures.length };
    });
    this.#training = training;
    return computed;
  }
}
