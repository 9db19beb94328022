import type { ModelView } from '../../shared/jobs.ts';
import { isSwapped, noteRunFilesWritten, runFilesDue } from '../library/labels/class-order.ts';
import { runDir, type Project } from '../library/folder.ts';
import { listRuns } from '../library/runs/runs.ts';
import { getSettings, updateSettings } from '../library/settings.ts';
import type { Db } from '../library/database/sql.ts';
import { inOrder, RunFolder, type RunFile } from '../training/run-folder.ts';

/** Which class is class 1, and from where on: one answer for every run of a project. */
export function modelView(db: Db): ModelView {
  return { swapped: isSwapped(db), threshold: getSettings(db).threshold };
}

/**
 * What a run's folder says, as the project shows it: right also where the folder was not told yet.
 *
 * @throws TwofoldError as `RunFolder.read`
 */
export async function readRun(project: Project, runId: string): Promise<RunFile> {
  return shownAs(await new RunFolder(runDir(project, runId)).read(), modelView(project.db));
}

const shownAs = (run: RunFile, { swapped, threshold }: ModelView): RunFile => ({
  ...inOrder(run, swapped),
  threshold,
});

/**
 * Tells the folders of all runs which class is class 1 and what the threshold is, so that a folder used without its project
 * says the same as the project. The library counts these changes and knows up to which the folders were told: a program that
 * was killed in between leaves the rest to the next one that opens the project. Each `run.json` is replaced as a whole, so
 * it fits its head at any time. A run that is being trained is told when it ends; what can't be written now stays due.
 */
export async function tellRunFolders(project: Project): Promise<void> {
  const { db } = project;
  if (project.readOnly) return;
  for (let due = runFilesDue(db); due !== null; due = runFilesDue(db)) {
    const view = modelView(db);
    const isTold: boolean[] = [];
    for (const { id, status } of listRuns(db)) {
      if (status !== 'running') isTold.push(await tellRunFolder(project, id, view));
    }
    if (isTold.includes(false)) return;
    noteRunFilesWritten(db, due);
  }
}

/** @returns false where it could not be written; a folder without a whole `run.json` holds no model to be told */
async function tellRunFolder(project: Project, id: string, view: ModelView): Promise<boolean> {
  const folder = new RunFolder(runDir(project, id));
  const run = await folder.read().catch(() => null);
  if (!run || (run.swapped === view.swapped && run.threshold === view.threshold)) return true;
  return folder.write(shownAs(run, view)).then(
    () => true,
    () => false,
  );
}

/** Makes a threshold the project's: predictions, evaluations, tables and exports use it unless told otherwise. */
export async function setThreshold(project: Project, threshold: number): Promise<void> {
  updateSettings(project.db, { threshold });
  await tellRunFolders(project);
}

/** Tells the folder of a run that has ended what changed while it was trained. */
export async function tellEndedRun(project: Project, id: string): Promise<void> {
  await tellRunFolder(project, id, modelView(project.db));
}
