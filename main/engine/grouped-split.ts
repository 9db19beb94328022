import type { Recipe } from '../../shared/recipe.ts';
import type { Project } from '../library/folder.ts';
import { testSet } from '../library/pictures/pictures.ts';
import type { JobOptions } from '../training/supervisor.ts';
import { findDuplicates } from './duplicates.ts';
import { indexModel } from './index-library.ts';
import { splitProject, type ProjectSplit } from './split.ts';

/** A split with the groups it respects. */
export interface GroupedSplit extends ProjectSplit {
  /** Key of the group of each content that has near-duplicates. */
  groups: ReadonlyMap<string, string>;
}

/**
 * The split of a new run, with near-duplicates on one side if the recipe says so. They are looked for among its pictures,
 * once it is known that these can be trained on.
 *
 * @throws TwofoldError as `splitProject`
 */
export async function groupedSplit(
  project: Project,
  recipe: Recipe,
  options: JobOptions,
): Promise<GroupedSplit> {
  const split = await splitProject(project, recipe);
  if (!recipe.groupDuplicates) return { ...split, groups: new Map() };
  const { train, validation, testCopies } = split;
  const pictures = [...train, ...validation, ...testCopies].map((one) => ({ ...one, problem: null }));
  const model = await indexModel(project);
  const groups = await findDuplicates(project, model, [...pictures, ...testSet(project.db)], options);
  return { ...(groups.size === 0 ? split : await splitProject(project, recipe, groups)), groups };
}
