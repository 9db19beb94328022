import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import { indexModel } from '../../engine/index-library.ts';
import { computeUmap } from '../../engine/map-project.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';
import type { Suggestions } from './suggestions.ts';
import { jobOfTask, Task } from './task.ts';

/** Computes the map of the open project by UMAP, on request. The cache keeps the result. */
export class MapMaker extends Task<{ placed: number }, ProgressEvent> {
  constructor(
    private readonly project: OpenProject,
    private readonly suggestions: Suggestions,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'A map', (progress) => emit('map.progress', progress));
  }

  /** @throws TwofoldError the errors of `computeUmap`; `busy`, `cancelled` */
  compute(): Promise<{ placed: number }> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      const contents = await this.suggestions.ask({ kind: 'contents' });
      return computeUmap(
        project,
        await indexModel(project),
        contents,
        jobOfTask(this.spawn, signal, onProgress),
      );
    });
  }
}
