import type { ImportMode, ImportProgress, ImportReport } from '../../../shared/library/import.ts';
import { toFailure } from '../../../shared/errors.ts';
import { importSentences } from '../../../shared/import-summary.ts';
import { inspectWith } from '../../engine/inspect.ts';
import { importFiles } from '../../library/import/import.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';
import { Task } from './task.ts';

/** Interval between refreshes of the grid during an import; shorter ones make it flicker. */
const SHOW_EVERY_MS = 700;

/** Imports pictures into the open project. */
export class Importer extends Task<ImportReport, ImportProgress> {
  constructor(
    private readonly project: OpenProject,
    private readonly pool: PicturePool,
    private readonly emit: Emit,
  ) {
    super(project, 'An import', (progress) => emit('import.progress', progress));
  }

  /**
   * Imports files and folders. If nothing was imported, removes a project that was created for this import, and sends
   * `import.nothing` with the reason.
   *
   * @throws TwofoldError the errors of `importFiles`; `busy`
   */
  async import(paths: readonly string[], mode: ImportMode): Promise<ImportReport> {
    try {
      const report = await this.#import(paths, mode);
      await this.#endFilling(importSentences(report).slice(1));
      return report;
    } catch (error) {
      await this.#endFilling([toFailure(error).message]);
      throw error;
    }
  }

  async #endFilling(reasons: readonly string[]): Promise<void> {
    // Another import is still running, so this one was refused.
    if (this.state) return;
    const folder = await this.project.endFilling();
    if (folder === null) return;
    const message = [...reasons, `Nothing was imported, so no project was created at ${folder}.`].join(' ');
    this.emit('import.nothing', { message });
  }

  #import(paths: readonly string[], mode: ImportMode): Promise<ImportReport> {
    const project = this.project.require();
    let shownAt = performance.now();
    let isAnnounced = false;
    return this.start(async (signal, onProgress) => {
      try {
        return await importFiles(project, paths, {
          mode,
          signal,
          inspect: inspectWith(this.pool, project, { thumbnails: true }),
          onProgress: (progress) => {
            onProgress(progress);
            const now = performance.now();
            if (progress.added === 0 || now - shownAt < SHOW_EVERY_MS) return;
            shownAt = now;
            // The first import may have named the classes.
            if (!isAnnounced) this.project.announce();
            isAnnounced = true;
            this.emit('pictures.changed', null);
          },
        });
      } finally {
        if (this.project.current === project) {
          this.project.announce();
          this.emit('pictures.changed', null);
        }
      }
    });
  }
}
