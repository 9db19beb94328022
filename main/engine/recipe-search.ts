import { TwofoldError } from '../../shared/errors.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { DEFAULT_THRESHOLD, classAt, wilson } from '../../shared/metrics.ts';
import {
  FEATURE_CHOICES,
  SEARCH_PICTURES,
  type FeatureChoice,
  type RecipeSearch,
} from '../../shared/recipe-search.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { mcnemarExact } from '../insight/mcnemar.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import { listContents } from '../library/reading/contents.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { findDuplicates, groupsAmong } from './duplicates.ts';
import { indexModel } from './index-library.ts';

export interface RecipeSearchOptions {
  /** Layers and sizes to compare besides those of the recipe. Default: `FEATURE_CHOICES`. */
  choices?: readonly FeatureChoice[];
  /** Maximum number of labelled pictures; a stratified sample that depends only on their content. */
  count?: number;
}

/**
 * Compares layers and input sizes by how well a linear classifier on their pooled features predicts the labelled
 * pictures outside the test set: five folds, near-duplicates in one fold, the same for every choice. Takes a small part
 * of the time of training each; the accuracy of a trained head differs, usually in the same order.
 *
 * @param recipe has the current layer and size
 * @throws TwofoldError `too-few`; `unknown-layer`, `size-too-small` for a choice; `not-found`, `cancelled`
 */
export async function searchRecipes(
  project: Project,
  recipe: Recipe,
  { choices: wanted = FEATURE_CHOICES, count = SEARCH_PICTURES }: RecipeSearchOptions,
  options: JobOptions,
): Promise<RecipeSearch & { leftOut: LeftOut[] }> {
  const current = { cut: recipe.cut, size: recipe.size };
  const choices = [current, ...wanted.filter((choice) => !isSame(choice, current))];
  for (const choice of choices) inceptionV3(choice);
  const pictures = labelledPictures(project, count);
  const model = await indexModel(project);
  const keys = await findDuplicates(project, model, pictures, options);
  const { hashes, found, leftOut } = await runJob(
    {
      kind: 'recipe-search',
      cacheDir: cacheDir(project),
      model,
      choices,
      seed: recipe.seed,
      pictures: groupsAmong(pictures, keys).map(({ path, sha256, label, group }) => ({
        path,
        sha256,
        label,
        group,
      })),
    },
    options,
  );
  const labels = new Map(pictures.map(({ sha256, label }) => [sha256, label]));
  const correct = found.map(({ probabilities }) =>
    hashes.map((hash, row) => classAt(probabilities[row]!, DEFAULT_THRESHOLD) === labels.get(hash)),
  );
  const [ofCurrent] = correct;
  const scores = choices.map((choice, index) => {
    const own = correct[index]!;
    const onlyThis = own.filter((right, row) => right && !ofCurrent![row]).length;
    const onlyCurrent = own.filter((right, row) => !right && ofCurrent![row]).length;
    return {
      ...choice,
      accuracy: wilson(own.filter(Boolean).length, own.length)!,
      msPerPicture: found[index]!.msPerPicture,
      isCurrent: index === 0,
      onlyCurrent,
      onlyThis,
      p: mcnemarExact(onlyCurrent, onlyThis),
    };
  });
  scores.sort((a, b) => b.accuracy.value - a.accuracy.value || a.msPerPicture - b.msPerPicture);
  return { pictures: hashes.length, scores, leftOut };
}

const isSame = (a: FeatureChoice, b: FeatureChoice): boolean => a.cut === b.cut && a.size === b.size;

/** Labelled pictures outside the test set, one per content; if there are more than `count`, a share of each class. */
function labelledPictures(
  { db }: Project,
  count: number,
): { path: string; sha256: string; label: 0 | 1; problem: null }[] {
  const contents = new Map<string, { path: string; sha256: string; label: 0 | 1; problem: null }>();
  for (const { path, sha256, label, split, problem } of listContents(db)) {
    if ((label !== 0 && label !== 1) || split === 'test' || problem !== null) continue;
    contents.set(sha256, { path, sha256, label, problem });
  }
  const all = [...contents.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const share = Math.min(1, count / all.length);
  const chosen = [0, 1].map((wanted) => {
    const of = all.filter(({ label }) => label === wanted);
    return of.slice(0, Math.ceil(of.length * share));
  });
  if (chosen.some((of) => of.length < 2)) {
    throw new TwofoldError(
      'too-few',
      `Comparing features needs at least two labelled pictures of each class outside the test set; there are ${chosen[0]!.length} and ${chosen[1]!.length}. Label some more.`,
    );
  }
  return chosen.flat();
}
