import { workerData } from 'node:worker_threads';
import { toFailure, type Result } from '../../shared/errors.ts';
import type { Project } from '../library/folder.ts';
import { connectToRead } from '../library/reading/connect.ts';
import { PAGE_ROWS } from '../training/result-pages.ts';
import { propertiesOfClasses } from './checks.ts';
import { planSplit } from './grouped-split.ts';
import { countSplit } from './split-counts.ts';
import { listsOf, withoutRows, type PlanAnswers, type PlanTask } from './split-tasks.ts';

const { file, ...rest } = workerData as Omit<Project, 'db'> & { file: string };
let project: Project | null = null;
/** Lists of the latest plan. */
let planned: unknown[][] = [];

/** Entry point of the thread of `SplitPlanner`. */
export default async function run(task: PlanTask): Promise<Result<PlanAnswers[PlanTask['kind']]>> {
  try {
    project ??= { ...rest, db: connectToRead(file) };
    return { ok: true, value: await answer(project, task) };
  } catch (error) {
    return { ok: false, error: toFailure(error) };
  }
}

async function answer(open: Project, task: PlanTask): Promise<PlanAnswers[PlanTask['kind']]> {
  switch (task.kind) {
    case 'count':
      return countSplit(open, task.recipe);
    case 'plan': {
      const plan = await planSplit(open, task.recipe);
      planned = listsOf(plan);
      return withoutRows(plan);
    }
    case 'properties':
      return propertiesOfClasses(open.db);
    case 'page':
      return planned[task.list]!.slice(task.from, task.from + PAGE_ROWS);
  }
}
