import type { RunInfo } from '../../../shared/contract/train.ts';
import { chooseRun, evaluateRun } from '../../engine/evaluate.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { getRun } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, RunTask } from './task.ts';
import { runInfo } from './trainer.ts';

/** Evaluates runs on the test set, on request. */
export class Evaluator extends RunTask<RunInfo> {
  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
  ) {
    super(project, 'An evaluation', (progress) => emit('evaluate.progress', progress));
  }

  /** @throws TwofoldError the errors of `evaluateRun`; `busy`, `cancelled` */
  evaluate(runId: string): Promise<RunInfo> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    return this.startFor(runId, async (signal, onProgress) => {
      const filter = { kind: 'split', split: 'test' } as const;
      await this.checks.check(listPictureIds(project.db, { filter }));
      throwIfCancelled(signal);
      const { threshold } = getSettings(project.db);
      await evaluateRun(project, run, { on: 'test', threshold }, jobOfTask(this.spawn, signal, onProgress));
      this.emit('runs.changed', null);
      return runInfo(project, getRun(project.db, runId));
    });
  }
}
