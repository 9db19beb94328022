import type { TaskState } from '../../../shared/contract/task.ts';
import type { CheckReport, ImportMode, ImportProgress, ImportReport } from '../../../shared/library.ts';
import { toFailure } from '../../../shared/errors.ts';
import { importSentences } from '../../../shared/import-summary.ts';
import type { Progress } from '../../../shared/progress.ts';
import { inspectWith } from '../../engine/inspect.ts';
import type { Emit } from './emit.ts';
import { checkFiles, type CheckOptions } from '../../library/pictures/check-files.ts';
import { withStatThread } from '../../library/pictures/file-stats.ts';
import { findAgain } from '../../library/pictures/find-again.ts';
import { importFiles } from '../../library/import/import.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { OpenProject } from './open-project.ts';

/** The grid fills while an import goes on; more often would only make it flicker. */
const SHOW_EVERY_MS = 700;

/** Imports pictures into the open project and looks after their files. */
export class Importer {
  readonly #imports = new OneAtATime<ImportReport, ImportProgress>('An import', (progress) =>
    this.emit('import.progress', progress),
  );
  readonly #checks = new OneAtATime<CheckReport, Progress>('A check of the files', (progress) =>
    this.emit('check.progress', progress),
  );
  #looking: Promise<unknown> | null = null;

  constructor(
    private readonly project: OpenProject,
    private readonly pool: PicturePool,
    private readonly emit: Emit,
  ) {
    project.beforeClose(async () => {
      await Promise.all([this.#imports.end(), this.#checks.end()]);
    });
  }

  /** The import under way; null where none is. */
  get state(): TaskState<ImportProgress> | null {
    return this.#imports.state;
  }

  /** What comes of the import under way; null where none is. */
  get report(): Promise<ImportReport> | null {
    return this.#imports.result;
  }

  /**
   * A project that was created for this import, and into which nothing came, is removed again; `import.nothing` says why.
   *
   * @throws TwofoldError as `importFiles`, `busy`
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
    // Of another import that is under way the end is yet to come.
    if (this.#imports.state) return;
    const folder = await this.project.endFilling();
    if (folder === null) return;
    const message = [...reasons, `Nothing was imported, so no project was created at ${folder}.`].join(' ');
    this.emit('import.nothing', { message });
  }

  #import(paths: readonly string[], mode: ImportMode): Promise<ImportReport> {
    const project = this.project.require();
    let shownAt = performance.now();
    let isAnnounced = false;
    return this.#imports.run(async (signal, onProgress) => {
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
            // A first import may have named the classes.
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

  cancelImport(): void {
    this.#imports.cancel();
  }

  /**
   * Looks whether all files, or only those of `ids`, are there and unchanged. A look that is under way ends, so that
   * nobody who needs to know now waits for the one that follows each opening of a project, or is refused because of it.
   */
  async check(ids?: Uint32Array): Promise<CheckReport> {
    await this.#endLook();
    const project = this.project.require();
    const look = this.#check((options) => checkFiles(project, ids ? { ...options, ids } : options));
    this.#looking = look;
    try {
      return await look;
    } finally {
      if (this.#looking === look) this.#looking = null;
    }
  }

  async findAgain(folder: string): Promise<CheckReport> {
    await this.#endLook();
    const project = this.project.require();
    return this.#check((options) => findAgain(project, folder, options));
  }

  cancelCheck(): void {
    this.#checks.cancel();
  }

  async #endLook(): Promise<void> {
    if (this.#looking) await this.#checks.end();
  }

  #check(work: (options: CheckOptions) => Promise<CheckReport>): Promise<CheckReport> {
    return this.#checks.run(async (signal, onProgress) => {
      const report = await withStatThread((readStats) => work({ signal, onProgress, readStats }));
      this.emit('pictures.changed', null);
      return report;
    });
  }
}
