import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import type { RecipeSearch } from '../../../shared/recipe-search.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { searchRecipes } from '../../engine/recipe-search.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, Task } from './task.ts';

/** Compares layers and input sizes on the labelled pictures, when a person asks for it. */
export class RecipeSearcher extends Task<RecipeSearch, ProgressEvent> {
  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'A comparison of layers', (progress) => emit('search.progress', progress));
  }

  /** @throws TwofoldError the errors of `searchRecipes`; `busy`, `cancelled` */
  search(recipe: Recipe): Promise<RecipeSearch> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      await this.checks.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
      throwIfCancelled(signal);
      const { pictures, scores } = await searchRecipes(
        project,
        recipe,
        {},
        jobOfTask(this.spawn, signal, onProgress),
      );
      return { pictures, scores };
    });
  }
}
