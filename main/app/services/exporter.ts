import type { CallPayload } from '../../../shared/contract.ts';
import type { ExportFormatId, ExportProgress, ExportReport } from '../../../shared/contract/export.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Emit } from './emit.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { Task } from './task.ts';

/** Exports the open project. */
export class Exporter extends Task<ExportReport, ExportProgress> {
  /** Folders written since the app started. */
  readonly #written = new Set<string>();

  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'An export', (progress) => emit('export.progress', progress));
  }

  /** @throws TwofoldError the errors of `exportProject`; `busy` */
  export({ run, ...request }: CallPayload<'export.start'>): Promise<ExportReport> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      // Loaded on demand: most sessions export nothing.
      const { exportProject } = await import('../../engine/export/export.ts');
      await this.checks.check();
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

  /** Returns the path if it is that of an export of this session. @throws TwofoldError `bad-input` otherwise */
  requireWritten(path: string): string {
    if (this.#written.has(path)) return path;
    throw new TwofoldError('bad-input', `${path} was not exported since Twofold was started.`);
  }
}
