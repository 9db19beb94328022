import type { AppContext } from '../app/services/context.ts';
import type { Handlers } from './answer.ts';
import { evaluateHandlers } from './evaluate.ts';
import { exportHandlers } from './export.ts';
import { figureHandlers, foldHandlers } from './figures.ts';
import { heatMapHandlers } from './heat-maps.ts';
import { importHandlers } from './import.ts';
import { duplicateHandlers, insightHandlers, suggestionHandlers } from './insight.ts';
import { labelHandlers } from './labels.ts';
import { mapHandlers } from './map.ts';
import { modelHandlers } from './model.ts';
import { pictureHandlers } from './pictures.ts';
import { predictHandlers } from './predict.ts';
import { projectHandlers } from './project.ts';
import { reportHandlers } from './report.ts';
import { storageHandlers } from './storage.ts';
import { suspectHandlers } from './suspects.ts';
import { crossHandlers } from './cross.ts';
import { searchHandlers } from './search.ts';
import { systemHandlers } from './system.ts';
import { runHandlers, trainHandlers } from './train.ts';
import { weightsHandlers } from './weights.ts';

/** A handler for every call of the contract; the compiler reports a missing one. */
export function handlersOf(context: AppContext): Handlers {
  return {
    ...projectHandlers(context),
    ...pictureHandlers(context),
    ...labelHandlers(context),
    ...importHandlers(context),
    ...trainHandlers(context),
    ...runHandlers(context),
    ...modelHandlers(),
    ...weightsHandlers(context),
    ...predictHandlers(context),
    ...evaluateHandlers(context),
    ...figureHandlers(context),
    ...foldHandlers(context),
    ...heatMapHandlers(context),
    ...searchHandlers(context),
    ...crossHandlers(context),
    ...exportHandlers(context),
    ...reportHandlers(context),
    ...insightHandlers(context),
    ...suggestionHandlers(context),
    ...duplicateHandlers(context),
    ...storageHandlers(context),
    ...suspectHandlers(context),
    ...mapHandlers(context),
    ...systemHandlers(context),
  };
}
