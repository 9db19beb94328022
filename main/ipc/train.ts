import { toFailure } from '../../shared/errors.ts';
import { withSeeds } from '../../shared/recipe/seeds.ts';
import type { AppContext } from '../app/services/context.ts';
import { runInfo } from '../app/services/trainer.ts';
import { compareRuns } from '../engine/compare-runs.ts';
import type { HandlersOf } from './answer.ts';
import { commonAccuracy } from '../library/runs/common-accuracy.ts';
import { getRunPictures } from '../library/runs/predictions.ts';
import { deleteRun, getEpochs, getRun, listRuns, updateRun } from '../library/runs/runs.ts';

export function trainHandlers({ project, meter, speeds, splits, trainer }: AppContext): HandlersOf<'train'> {
  return {
    'train.state': () => trainer.state,
    'train.split': ({ recipe }) => splits.count(recipe),
    'train.speed': ({ recipe }) => speeds.of(recipe),
    'train.measureSpeed': ({ recipe }) => meter.measure(recipe),
    'train.start': ({ recipe, seeds }) => trainer.start({ recipe }, withSeeds(recipe, seeds).slice(1)),
    'train.series': () => trainer.series,
    'train.continue': ({ run, epochs }) => {
      const { recipe } = getRun(project.require().db, run);
      const more = recipe && epochs !== undefined ? { recipe: { ...recipe, epochs } } : {};
      return trainer.start({ resume: run, ...more });
    },
    'train.pause': () => trainer.pause(),
    'train.resume': () => trainer.resume(),
    'train.stop': () => trainer.stop(),
  };
}

export function runHandlers({ project, emit }: AppContext): HandlersOf<'runs'> {
  return {
    'runs.list': () => {
      const open = project.require();
      return listRuns(open.db).map((run) => runInfo(open, run));
    },
    'runs.rename': ({ run, name }) => {
      const open = project.require();
      const renamed = runInfo(open, updateRun(open.db, run, { name }));
      emit('runs.changed', null);
      return renamed;
    },
    'runs.note': ({ run, note }) => {
      const open = project.require();
      const noted = runInfo(open, updateRun(open.db, run, { note }));
      emit('runs.changed', null);
      return noted;
    },
    'runs.delete': ({ run }) => {
      deleteRun(project.require(), run);
      emit('runs.changed', null);
      return null;
    },
    'runs.epochs': ({ run }) => getEpochs(project.require().db, run),
    'runs.compare': ({ runs }) => commonAccuracy(project.require().db, runs),
    'runs.versus': ({ first, second }) => {
      const { db } = project.require();
      try {
        return compareRuns(db, getRun(db, first), getRun(db, second));
      } catch (thrown) {
        if (toFailure(thrown).code === 'too-few') return null;
        throw thrown;
      }
    },
    'runs.pictures': ({ run }) => getRunPictures(project.require().db, run),
  };
}
