import type { StoredCrossValidation } from '../../../shared/cross-validation.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { crossValidate } from '../../engine/cross-validate.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { setCrossValidation } from '../../library/runs/cross-validation.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Emit } from './emit.ts';
import type { FileChecks } from './file-checks.ts';
import type { OpenProject } from './open-project.ts';
import { jobOfTask, Task } from './task.ts';

/** Cross-validates a recipe, when a person asks for it. The project keeps the latest figures. */
export class CrossValidator extends Task<StoredCrossValidation, ProgressEvent> {
  constructor(
    private readonly project: OpenProject,
    private readonly checks: FileChecks,
    private readonly spawn: () => JobProcess,
    emit: Emit,
  ) {
    super(project, 'A cross-validation', (progress) => emit('cross.progress', progress));
  }

  /** @throws TwofoldError the errors of `crossValidate`; `busy`, `cancelled` */
  validate(recipe: Recipe, folds: number): Promise<StoredCrossValidation> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      await this.checks.check(listPictureIds(project.db, { filter: { kind: 'trainable' } }));
      throwIfCancelled(signal);
      const { evaluation, accuracies } = await crossValidate(
        project,
        recipe,
        folds,
        jobOfTask(this.spawn, signal, onProgress),
      );
      const found: StoredCrossValidation = {
        recipe,
        atMs: Date.now(),
        pictures: evaluation.count,
        accuracy: evaluation.accuracy,
        accuracies,
      };
      setCrossValidation(project.db, found);
      return found;
    });
  }
}
