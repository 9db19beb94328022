import type { SplitCounts } from '../../shared/split.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Project } from '../library/folder.ts';
import { countClasses } from '../training/split.ts';
import { planSplit } from './grouped-split.ts';

/**
 * Counts the split that a new run with this recipe would get. Compares no pictures: unknown near-duplicates are found
 * when training starts.
 *
 * @throws TwofoldError the errors of `splitProject`
 */
export async function countSplit(project: Project, recipe: Recipe): Promise<SplitCounts> {
  const { split, comparison } = await planSplit(project, recipe);
  return {
    train: countClasses(split.train),
    validation: countClasses(split.validation),
    testCopies: split.testCopies.length,
    unusable: split.unusable,
    isFinal: comparison === null,
  };
}
