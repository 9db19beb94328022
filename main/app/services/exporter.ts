import type { CallPayload } from '../../../shared/contract.ts';
import type { ExportFormatId, ExportProgress, ExportReport } from '../../../shared/contract/export.ts';
import type { TaskState } from '../../../shared/contract/task.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Emit } from './emit.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { Importer } from './importer.ts';
import type { OpenProject } from './open-project.ts';

/** Writes what the open project holds for other programs. */
export class Exporter {
  readonly #work = new OneAtATime<ExportReport, ExportProgress>('An export', (progress) =>
    this.emit('export.progress', progress),
  );
  /** Folders that were written since the app started. */
  readonly #written = new Set<string>();

  constructor(
    private readonly project: OpenProject,
    private readonly importer: Importer,
    private readonly spawn: () => JobProcess,
    private readonly emit: Emit,
  ) {
    project.beforeClose(() => this.#work.end());
  }

  /** The export under way; null where none is. */
  get state(): TaskState<ExportProgress> | null {
    return this.#work.state;
  }

  /** What comes of the export under way; null where none is. */
  get report(): Promise<ExportReport> | null {
    return this.#work.result;
  }

  /** @throws TwofoldError as `exportProject`, `busy` */
  export({ run, ...request }: CallPayload<'export.start'>): Promise<ExportReport> {
    const project = this.project.require();
    return this.#work.run(async (signal, onProgress) => {
      // The writers of all formats are much code that a session seldom needs.
      const { exportProject } = await import('../../engine/export/export.ts');
      await this.importer.check();
      let format: ExportFormatId | null = null;
      const report = await exportProject(
        project,
        { ...request, ...(run !== null && { run }) },
        {
          signal,
          spawn: this.spawn,
          onFormat: (next) => (format = next),
          onEvent: (event) => {
            if (event.type === 'progress') onProgress({ format, progress: event });
          },
        },
      );
      this.#written.add(report.folder);
      return report;
    });
  }

  /** The path, where it is that of an export. @throws TwofoldError `bad-input` for any other: the window has no business there */
  requireWritten(path: string): string {
    if (this.#written.has(path)) return path;
    throw new TwofoldError('bad-input', `${path} is no export that was written since Twofold was started.`);
  }

  cancel(): void {
    this.#work.cancel();
  }
}
