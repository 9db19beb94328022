import { formatPercent } from '../../shared/format.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { formatSpread } from '../../shared/spread.ts';
import { crossValidate } from '../engine/cross-validate.ts';
import { spawnNodeProcess } from '../jobs/child.ts';
import { getClasses } from '../library/labels/classes.ts';
import type { Project } from '../library/folder.ts';
import { cancellable } from './interrupt.ts';
import type { Output } from './output.ts';
import { showEvaluation } from './show-evaluation.ts';
import { showJob } from './show-job.ts';

/** Cross-validates a recipe and shows the accuracy over all labelled pictures. No run is created. */
export async function trainFolds(
  project: Project,
  recipe: Recipe,
  folds: number,
  output: Output,
): Promise<void> {
  const showCommon = showJob(output);
  output.event('start', { folds, recipe });
  const found = await cancellable(output, (signals) =>
    crossValidate(project, recipe, folds, {
      spawn: spawnNodeProcess,
      ...signals,
      onEvent: (event) => {
        if (event.type !== 'fold') {
          showCommon(event);
          return;
        }
        const { type: _type, ...fields } = event;
        output.event('fold', fields);
        output.line(`Fold ${event.fold} of ${folds}: kept epoch ${event.bestEpoch} of ${event.epochs}`);
      },
    }),
  );
  const { evaluation, intervals, accuracy, accuracies, leftOut } = found;
  output.event('done', { folds, evaluation, intervals, accuracy, accuracies, leftOut });
  output.line();
  output.line(
    `Cross-validation over ${folds} folds: accuracy ${formatSpread(accuracy)}; ` +
      `by fold ${accuracies.map((value) => formatPercent(value)).join(', ')}.`,
  );
  output.line(
    'Below, every picture is predicted by a model for which its fold was used neither for training nor to choose the epoch.',
  );
  const classes = getClasses(project.db).map(({ name }) => name) as [string, string];
  showEvaluation(evaluation, intervals, classes, output, 'out-of-fold');
}
