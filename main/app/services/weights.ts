import { basename, extname } from 'node:path';
import type { ImportWeightsResult } from '../../../shared/jobs/import-weights.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import { runJob, type JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, Task } from './task.ts';

/** Names of weights have at most so many characters. */
const LONGEST = 64;

/** Imports weights, one file at a time, in a process of its own: converting 88 MB would block main. */
export class WeightsImport extends Task<ImportWeightsResult, ProgressEvent> {
  constructor(
    project: OpenProject,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'An import of weights', (progress) => emit('weights.progress', progress));
  }

  /** @throws TwofoldError `busy`, and as `importWeights` */
  import(file: string): Promise<ImportWeightsResult> {
    return this.start((signal, onProgress) =>
      runJob({ kind: 'import-weights', file, name: nameOf(file) }, jobOfTask(this.spawn, signal, onProgress)),
    );
  }
}

/** The file's name, of the characters that names of weights may have. */
function nameOf(file: string): string {
  const name = basename(file, extname(file)).replace(/[^a-z0-9._-]+/gi, '-');
  return name.replace(/^[^a-z0-9]+/i, '').slice(0, LONGEST) || 'imported';
}
