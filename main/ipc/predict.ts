import { clipboard } from 'electron';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../app/services/context.ts';
import { unseenPictures } from '../app/services/sample.ts';
import { chooseFile } from '../app/shell/dialogs.ts';
import { showInFolder } from '../app/shell/show-in-folder.ts';
import { predictionRows, predictionsCsv } from '../engine/predictions-csv.ts';
import { findByPath } from '../library/pictures/pictures.ts';
import type { HandlersOf } from './answer.ts';

export function predictHandlers({
  project,
  pictures,
  predictor,
  window,
  documents,
}: AppContext): HandlersOf<'predict'> {
  return {
    'predict.start': ({ run, paths }) => predictor.predict(run, paths),
    'predict.state': () => predictor.state,
    'predict.result': () => predictor.result,
    'predict.cancel': predictor.cancel,
    'predict.examples': async () =>
      predictor.offer(await unseenPictures(project.require().folder, documents())),
    'predict.inProject': ({ token }) => ({
      id: findByPath(project.require().db, pictures.triedPath(token)),
    }),
    'predict.reveal': ({ token }) => {
      showInFolder(pictures.triedPath(token));
      return null;
    },
    'predict.copyPath': ({ token }) => {
      const path = pictures.triedPath(token);
      void clipboard.writeText(path);
      return { path };
    },
    'predict.paste': async ({ bytes }) => ({ path: await predictor.paste(bytes) }),
    'predict.saveCsv': async ({ classes, threshold, unsure, predictions }) => {
      const path = await chooseFile(
        window(),
        'CSV',
        'Save predictions',
        join(documents(), 'predictions.csv'),
      );
      if (path === null) return null;
      await writeFile(path, predictionsCsv(predictionRows(predictions, classes, { threshold, unsure })));
      return { path };
    },
  };
}
