import type { CheckReport } from '../../../shared/library/pictures.ts';
import type { Progress } from '../../../shared/progress.ts';
import { checkFiles, type CheckOptions } from '../../library/pictures/check-files.ts';
import { withStatThread } from '../../library/pictures/file-stats.ts';
import { locate } from '../../library/pictures/locate.ts';
import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';
import { Task } from './task.ts';

/** Checks whether the files of the open project's pictures are present and unchanged, and locates moved ones. */
export class FileChecks extends Task<CheckReport, Progress> {
  /** The running check of all or some files; null while files are located. */
  #checking: Promise<unknown> | null = null;

  constructor(
    private readonly project: OpenProject,
    private readonly emit: Emit,
  ) {
    super(project, 'A check of the files', (progress) => emit('check.progress', progress));
  }

  /**
   * Checks all files, or only those of `ids`. Cancels a running check first, so that training or an evaluation need not
   * wait for the check that starts whenever a project is opened.
   */
  async check(ids?: Uint32Array): Promise<CheckReport> {
    await this.#endCheck();
    const project = this.project.require();
    const checking = this.#run((options) => checkFiles(project, ids ? { ...options, ids } : options));
    this.#checking = checking;
    try {
      return await checking;
    } finally {
      if (this.#checking === checking) this.#checking = null;
    }
  }

  /** Searches a folder for missing pictures. */
  async locate(folder: string): Promise<CheckReport> {
    await this.#endCheck();
    const project = this.project.require();
    return this.#run((options) => locate(project, folder, options));
  }

  async #endCheck(): Promise<void> {
    if (this.#checking) await this.end();
  }

  #run(work: (options: CheckOptions) => Promise<CheckReport>): Promise<CheckReport> {
    return this.start(async (signal, onProgress) => {
      const report = await withStatThread((readStats) => work({ signal, onProgress, readStats }));
      this.emit('pictures.changed', null);
      return report;
    });
  }
}
