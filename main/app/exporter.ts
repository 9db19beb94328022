import type { CallPayload } from '../../shared/contract.ts';
import type { ExportFormatId, ExportReport } from '../../shared/contract/export.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { Emit } from '../ipc/answer.ts';
import type { JobProcess } from '../training/supervisor.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { Importer } from './importer.ts';
import type { OpenProject } from './open-project.ts';

/** Writes what the open project holds for other programs. */
export class Exporter {
  readonly #work = new OneAtATime<ExportReport>('An export');
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

  /** @throws TwofoldError as `exportProject`, `busy` */
  export({ run, ...request }: CallPayload<'export.start'>): Promise<ExportReport> {
    const project = this.project.require();
    return this.#work.run(async (signal) => {
      // The writers of all formats are much code that a session seldom needs.
      const { exportProject } = await import('../export/export.ts');
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
            if (event.type === 'progress') this.emit('export.progress', { format, progress: event });
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
