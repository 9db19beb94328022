import { workerData } from 'node:worker_threads';
import { toFailure, type Result } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { SplitCounts } from '../../shared/split.ts';
import type { Project } from '../library/folder.ts';
import { connectToRead } from '../library/reading/connect.ts';
import { countSplit } from './split-counts.ts';

const { file, ...rest } = workerData as Omit<Project, 'db'> & { file: string };
let project: Project | null = null;

/** Entry point of the thread of `SplitCounter`. */
export default async function count(recipe: Recipe): Promise<Result<SplitCounts>> {
  try {
    project ??= { ...rest, db: connectToRead(file) };
    return { ok: true, value: await countSplit(project, recipe) };
  } catch (error) {
    return { ok: false, error: toFailure(error) };
  }
}
