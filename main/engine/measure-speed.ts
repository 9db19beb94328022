import type { Recipe } from '../../shared/recipe.ts';
import type { TrainSpeed } from '../../shared/train-speed.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { getPictures } from '../library/pictures/pictures.ts';
import { listPictureIds } from '../library/reading/grid.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';

/** Pictures that are looked at, spread over all that can be trained on. */
const PICTURES = 100;

/**
 * Measures how fast this computer trains the model of a recipe, on a few pictures of the project, in some seconds.
 *
 * @returns null where no labelled picture can be read
 * @throws TwofoldError `not-found` (weights), `unknown-layer`, `size-too-small`, `cancelled`, `crashed`
 */
export async function measureSpeed(
  project: Project,
  recipe: Recipe,
  options: JobOptions,
): Promise<TrainSpeed | null> {
  const ids = listPictureIds(project.db, { filter: { kind: 'trainable' } });
  const every = Math.max(1, Math.floor(ids.length / PICTURES));
  const chosen = ids.filter((_, index) => index % every === 0).slice(0, PICTURES);
  const pictures = getPictures(project.db, chosen).flatMap(({ id, path, sha256, label, problem }) =>
    problem === null && (label === 0 || label === 1) ? [{ id, path, sha256, label, split: null }] : [],
  );
  if (pictures.length === 0) return null;
  const augmentation = { ...recipe.augmentation, enabled: true, variants: 0 };
  const { speed } = await runJob(
    {
      kind: 'measure-speed',
      cacheDir: cacheDir(project),
      recipe: { ...recipe, augmentation, classWeights: 'none' },
      pictures,
    },
    options,
  );
  return speed;
}
