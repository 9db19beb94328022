import type { AppContext } from '../app/services/context.ts';
import { requirePicture } from '../app/services/pictures.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { runView } from '../engine/model-view.ts';
import { cacheDir, runDir } from '../library/folder.ts';
import type { HandlersOf } from './answer.ts';

export function heatMapHandlers({ project, pictures, heatMaps }: AppContext): HandlersOf<'heatmaps'> {
  return {
    'heatmaps.of': ({ run: id, picture }) => {
      const open = project.require();
      const run = chooseRun(open, id);
      const { path, sha256 } =
        'id' in picture
          ? requirePicture(open, picture.id)
          : { path: pictures.triedPath(picture.token), sha256: null };
      return heatMaps.of(
        { runDir: runDir(open, run.id), ...runView(open.db, run), cacheDir: cacheDir(open) },
        { path, sha256 },
      );
    },
  };
}
