import { writeReport } from '../../engine/report/report.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, RunTask } from './task.ts';

/** Writes reports of runs: most of the time goes into the heat maps of the most wrong pictures. */
export class Reporter extends RunTask<{ path: string }> {
  constructor(
    private readonly project: OpenProject,
    private readonly pool: PicturePool,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'A report', (progress) => emit('report.progress', progress));
  }

  /** @throws TwofoldError the errors of `writeReport`; `busy`, `cancelled` */
  write(runId: string, out: string): Promise<{ path: string }> {
    const project = this.project.require();
    const run = chooseRun(project, runId);
    return this.startFor(runId, async (signal, onProgress) => {
      await writeReport(project, run, { out, pool: this.pool, ...jobOfTask(this.spawn, signal, onProgress) });
      return { path: out };
    });
  }
}
