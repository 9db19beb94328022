import { shell } from 'electron';
import type { AppContext } from '../app/context.ts';
import { previewAugmentation } from '../app/preview.ts';
import { requirePicture } from '../app/pictures.ts';
import type { HandlersOf } from './answer.ts';
import { listPictureIds } from '../library/grid.ts';
import { explainLabel } from '../library/labels.ts';
import { getCounts, getPictures, removePictures } from '../library/pictures.ts';

export function pictureHandlers({ project, importer, pool, emit }: AppContext): HandlersOf<'pictures'> {
  return {
    'pictures.ids': (query) => listPictureIds(project.require().db, query),
    'pictures.rows': ({ ids }) => getPictures(project.require().db, ids),
    'pictures.counts': () => getCounts(project.require().db),
    'pictures.history': ({ id }) => explainLabel(project.require().db, id),
    'pictures.check': () => importer.check(),
    'pictures.findAgain': ({ folder }) => importer.findAgain(folder),
    'pictures.cancelCheck': () => {
      importer.cancelCheck();
      return null;
    },
    'pictures.remove': ({ ids }) => {
      const removed = removePictures(project.require().db, ids);
      emit('pictures.changed', null);
      return { removed };
    },
    'pictures.reveal': ({ id }) => {
      shell.showItemInFolder(requirePicture(project.require(), id).path);
      return null;
    },
    'pictures.previewAugmentation': (wanted) => {
      const open = project.require();
      return previewAugmentation(pool, open, requirePicture(open, wanted.id), wanted);
    },
  };
}
