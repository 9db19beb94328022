import { withSeeds } from '../../shared/recipe/seeds.ts';
import type { AppContext } from '../app/services/context.ts';
import { runInfo } from '../app/services/trainer.ts';
import type { HandlersOf } from './answer.ts';
import { nullIfTooFew } from './null-if-too-few.ts';
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

export function runHandlers({ project, figures, emit }: AppContext): HandlersOf<'runs'> {
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
    'runs.compare': (asked) => figures.require().ask({ kind: 'compare', ...asked }),
    'runs.versus': (asked) => nullIfTooFew(figures.require().ask({ kind: 'versus', ...asked })),
    'runs.predictions': (asked) => figures.require().ask({ kind: 'predictions', ...asked }),
  };
}
