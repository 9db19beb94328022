import type { AppContext } from '../app/services/context.ts';
import { runInfo } from '../app/services/trainer.ts';
import { applyTemperature, outOfFoldLogits, runCalibration } from '../engine/calibrate.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { knownIntervals, setAccuracies } from '../engine/known-evaluation.ts';
import { knownOutOfFold } from '../engine/out-of-fold.ts';
import { applyUnsure, guaranteedRule, proposeUnsure } from '../engine/unsure.ts';
import { getRun } from '../library/runs/runs.ts';
import { toFailure } from '../../shared/errors.ts';
import type { HandlersOf } from './answer.ts';

export function figureHandlers({ project, emit }: AppContext): HandlersOf<'figures'> {
  return {
    'figures.intervals': ({ run, on, threshold }) => knownIntervals(project.require().db, run, on, threshold),
    'figures.sets': ({ run, threshold }) => setAccuracies(project.require().db, run, threshold),
    'figures.outOfFold': async ({ run }) => {
      const open = project.require();
      const known = await knownOutOfFold(open, chooseRun(open, run), 'as-run');
      return known?.pictures.map(({ id }, row) => ({ id, logit: known.logits[row]! })) ?? null;
    },
    'figures.calibration': async ({ run: id }) => {
      const open = project.require();
      const run = chooseRun(open, id);
      return runCalibration(open.db, run, await outOfFoldLogits(open, run));
    },
    'figures.setTemperature': async ({ run: id, temperature }) => {
      const open = project.require();
      await applyTemperature(open, chooseRun(open, id).id, temperature);
      emit('runs.changed', null);
      // The Library's filters by wrong predictions change.
      emit('pictures.changed', null);
      return runInfo(open, getRun(open.db, id));
    },
    'figures.unsure': ({ run, ...guarantee }) => {
      const open = project.require();
      try {
        return proposeUnsure(open.db, chooseRun(open, run), guarantee);
      } catch (thrown) {
        if (toFailure(thrown).code === 'too-few') return null;
        throw thrown;
      }
    },
    'figures.setUnsure': async ({ run: id, guarantee }) => {
      const open = project.require();
      const run = chooseRun(open, id);
      await applyUnsure(open, id, guarantee && guaranteedRule(proposeUnsure(open.db, run, guarantee), run));
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
