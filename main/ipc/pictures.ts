import { clipboard } from 'electron';
import type { AppContext } from '../app/services/context.ts';
import { countPictures, findGroups, findPictures } from '../app/services/find-pictures.ts';
import { previewAugmentation } from '../app/services/preview.ts';
import { requirePicture } from '../app/services/pictures.ts';
import { showInFolder } from '../app/shell/show-in-folder.ts';
import type { HandlersOf } from './answer.ts';
import { explainLabel } from '../library/labels/labels.ts';
import { getPictures, leaveTestSet, setSplit } from '../library/pictures/pictures.ts';

export function pictureHandlers({
  project,
  checks,
  pool,
  emit,
  insight,
}: AppContext): HandlersOf<'pictures'> {
  return {
    'pictures.ids': (query) => findPictures(project.requireReader(), insight.suggestions, query),
    'pictures.groups': (query) => findGroups(project.requireReader(), insight.suggestions, query),
    'pictures.rows': ({ ids, run }) => getPictures(project.require().db, ids, run),
    'pictures.counts': () => project.requireReader().read({ kind: 'counts' }),
    'pictures.matches': ({ filters }) => countPictures(project.requireReader(), insight.suggestions, filters),
    'pictures.folders': () => project.requireReader().read({ kind: 'folders' }),
    'pictures.history': ({ id }) => explainLabel(project.require().db, id),
    'pictures.check': () => checks.check(),
    'pictures.locate': ({ folder }) => checks.locate(folder),
    'pictures.cancelCheck': checks.cancel,
    'pictures.setTest': ({ ids, test }) => {
      const { db } = project.require();
      const changed = test ? setSplit(db, ids, 'test') : leaveTestSet(db, ids);
      emit('pictures.changed', null);
      return { changed };
    },
    'pictures.reveal': ({ id }) => {
      showInFolder(requirePicture(project.require(), id).path, true);
      return null;
    },
    'pictures.copyPaths': ({ ids }) => {
      const paths = getPictures(project.require().db, ids).map(({ path }) => path);
      void clipboard.writeText(paths.join('\n'));
      return { copied: paths.length };
    },
    'pictures.previewAugmentation': (wanted) => {
      const open = project.require();
      return previewAugmentation(pool, open, requirePicture(open, wanted.id), wanted);
    },
  };
}
