import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Project } from '../library/folder.ts';
import { testSet } from '../library/pictures/pictures.ts';
import type { JobOptions } from '../training/supervisor.ts';
import { knownDuplicates, startComparing, uncompared, type DuplicateKeys } from './duplicates.ts';
import { indexModel } from './index-library.ts';
import { splitProject, type ProjectSplit } from './split.ts';

/** A split with the groups of near-duplicates that it keeps together. */
export interface GroupedSplit extends ProjectSplit {
  /** Group key of each content that has near-duplicates. */
  groups: DuplicateKeys;
}

export interface PlannedSplit {
  /** Keeps known near-duplicates on one side, if the recipe says so. */
  split: GroupedSplit;
  /** What to compare before the split is final; null if nothing. */
  comparison: { model: IndexModel; pictures: ReturnType<typeof uncompared> } | null;
}

/** What training needs of a planned split. */
export interface TrainingPlan extends Pick<PlannedSplit, 'comparison'> {
  split: ProjectSplit;
}

/**
 * Splits a project for a new run with the near-duplicates known so far, and returns the labelled pictures that must
 * still be compared, which takes long if many are new.
 *
 * @throws TwofoldError the errors of `splitProject`, even if pictures must still be compared
 */
export async function planSplit(project: Project, recipe: Recipe): Promise<PlannedSplit> {
  const split = await splitProject(project, recipe);
  if (!recipe.groupDuplicates) return { split: { ...split, groups: new Map() }, comparison: null };
  const model = await indexModel(project);
  const { keys: groups, compared } = await knownDuplicates(project, model);
  const { train, validation, testCopies } = split;
  const labelled = [...train, ...validation, ...testCopies].map((one) => ({ ...one, problem: null }));
  const pictures = uncompared([...labelled, ...testSet(project.db)], compared);
  const grouped = groups.size === 0 ? split : await splitProject(project, recipe, groups);
  return {
    split: { ...grouped, groups },
    comparison: pictures.length === 0 ? null : { model, pictures },
  };
}

/**
 * The split of a new run. Compares pictures first if needed.
 *
 * @throws TwofoldError the errors of `splitProject`
 */
export async function groupedSplit(
  project: Project,
  recipe: Recipe,
  options: JobOptions,
): Promise<GroupedSplit> {
  const { split, comparison } = await planSplit(project, recipe);
  const comparing = comparison && startComparing(project, comparison.model, comparison.pictures, options);
  if (!comparing) return split;
  await comparing.result;
  return (await planSplit(project, recipe)).split;
}
