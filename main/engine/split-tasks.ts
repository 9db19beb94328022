import type { PropertyOfClass } from '../../shared/properties.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { TrainingPlan } from './grouped-split.ts';

/** What the thread of `SplitPlanner` does. */
export type PlanTask =
  | { kind: 'count'; recipe: Recipe }
  /** Plans a split, and answers with empty lists: their rows come in pages. */
  | { kind: 'plan'; recipe: Recipe }
  /** Rows of a list of the latest plan, see `listsOf`; none after its end. */
  | { kind: 'page'; list: number; from: number }
  | { kind: 'properties' };

export interface PlanAnswers {
  count: SplitCounts;
  plan: TrainingPlan;
  page: unknown[];
  properties: PropertyOfClass[];
}

/** The lists of a plan, which have a row per picture. */
export function listsOf({ split, comparison }: TrainingPlan): unknown[][] {
  return [split.train, split.validation, split.testCopies, ...(comparison ? [comparison.pictures] : [])];
}

/** A plan with empty lists. */
export function withoutRows({
  split: { unusable, isDrawn, fingerprint },
  comparison,
}: TrainingPlan): TrainingPlan {
  return {
    split: { train: [], validation: [], testCopies: [], unusable, isDrawn, fingerprint },
    comparison: comparison && { ...comparison, pictures: [] },
  };
}
