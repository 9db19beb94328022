import type { AppContext } from '../app/services/context.ts';
import { getCrossValidation } from '../library/runs/cross-validation.ts';
import type { HandlersOf } from './answer.ts';

export function crossHandlers({ project, crossValidator }: AppContext): HandlersOf<'cross'> {
  return {
    'cross.start': ({ recipe, folds }) => crossValidator.validate(recipe, folds),
    'cross.state': () => crossValidator.state,
    'cross.result': () => crossValidator.result,
    'cross.cancel': crossValidator.cancel,
    'cross.latest': () => getCrossValidation(project.require().db),
  };
}
