import type { AppContext } from '../app/services/context.ts';
import { runInfo } from '../app/services/trainer.ts';
import { applyTemperature } from '../engine/calibrate.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { applyUnsure, guaranteedRule } from '../engine/unsure.ts';
import { isSwapped } from '../library/labels/class-order.ts';
import { getRun } from '../library/runs/runs.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { HandlersOf } from './answer.ts';
import { nullIfTooFew } from './null-if-too-few.ts';

export function figureHandlers({ project, figures, emit }: AppContext): HandlersOf<'figures'> {
  return {
    'figures.intervals': (asked) => figures.require().ask({ kind: 'intervals', ...asked }),
    'figures.sets': (asked) => figures.require().ask({ kind: 'sets', ...asked }),
    'figures.outOfFold': (asked) => figures.require().ask({ kind: 'outOfFold', ...asked }),
    'figures.calibration': (asked) => figures.require().ask({ kind: 'calibration', ...asked }),
    'figures.unsure': (asked) => nullIfTooFew(figures.require().ask({ kind: 'unsure', ...asked })),
    'figures.setTemperature': async ({ run: id, temperature }) => {
      const open = project.require();
      await applyTemperature(open, chooseRun(open, id).id, temperature);
      emit('runs.changed', null);
      // The Library's filters by wrong predictions change.
      emit('pictures.changed', null);
      return runInfo(open, getRun(open.db, id));
    },
    'figures.setUnsure': async ({ run: id, guarantee }) => {
      const open = project.require();
      const run = chooseRun(open, id);
      const swapped = isSwapped(open.db);
      const proposal = guarantee && (await figures.require().ask({ kind: 'unsure', run: id, ...guarantee }));
      const { temperature } = getRun(open.db, id);
      // The rule is of this temperature and order.
      if (project.current !== open || temperature !== run.temperature || isSwapped(open.db) !== swapped) {
        throw new TwofoldError(
          'changed',
          'The calibration or the order of the classes changed meanwhile. Nothing was applied: apply the guarantee again.',
        );
      }
      await applyUnsure(open, id, proposal && guaranteedRule(proposal, run));
      emit('runs.changed', null);
      return runInfo(open, getRun(open.db, id));
    },
  };
}

export function foldHandlers({ outOfFolds }: AppContext): HandlersOf<'folds'> {
  return {
    'folds.start': ({ run, training }) => outOfFolds.predict(run, training),
    'folds.state': () => outOfFolds.state,
    'folds.result': () => outOfFolds.result,
    'folds.cancel': outOfFolds.cancel,
  };
}
