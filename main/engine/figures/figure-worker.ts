import { workerData } from 'node:worker_threads';
import { toFailure, type Result } from '../../../shared/errors.ts';
import { sqlError } from '../../library/database/sql-errors.ts';
import type { Project } from '../../library/folder.ts';
import { connectToRead } from '../../library/reading/connect.ts';
import { computeFigure, type FigureAnswer, type FigureTask } from './figure-tasks.ts';

const { file, ...rest } = workerData as Omit<Project, 'db'> & { file: string };
let project: Project | null = null;

/** Entry point of the thread of `FigureThread`. */
export default async function run(task: FigureTask): Promise<Result<FigureAnswer>> {
  try {
    project ??= { ...rest, db: connectToRead(file) };
    return { ok: true, value: await computeFigure(project, task) };
  } catch (error) {
    return { ok: false, error: toFailure(sqlError(error, file)) };
  }
}
