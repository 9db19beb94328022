import { isDeepStrictEqual } from 'node:util';
import type { ModelView, RunView } from '../../shared/jobs/run-view.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { isSwapped, noteRunFilesWritten, runFilesDue } from '../library/labels/class-order.ts';
import { getClasses } from '../library/labels/classes.ts';
import { runDir, type Project } from '../library/folder.ts';
import { getRun, listRuns } from '../library/runs/runs.ts';
import { getSettings, updateSettings } from '../library/settings.ts';
import type { Db } from '../library/database/sql.ts';
import { asShown, RunFolder, type RunFile } from '../training/run-folder.ts';

/** The classes' names and order and the threshold: the same for every run of a project. */
export function modelView(db: Db): ModelView {
  const [zero, one] = getClasses(db);
  return { swapped: isSwapped(db), classes: [zero.name, one.name], threshold: getSettings(db).threshold };
}

/** Class order and temperature of a run, for the jobs that use its model. */
export const runView = (db: Db, { temperature }: Pick<RunRecord, 'temperature'>): Required<RunView> => ({
  swapped: isSwapped(db),
  temperature,
});

/**
 * A run's `run.json` with the project's class order and threshold and the run's calibration, even if the file has not
 * been updated yet.
 *
 * @throws TwofoldError the errors of `RunFolder.read`
 */
export async function readRun(project: Project, runId: string): Promise<RunFile> {
  const { db } = project;
  return shownAs(await new RunFolder(runDir(project, runId)).read(), getRun(db, runId), modelView(db));
}

const shownAs = (file: RunFile, { temperature, unsure }: RunRecord, view: ModelView): RunFile => ({
  ...asShown(file, { swapped: view.swapped, temperature }),
  classes: view.classes,
  threshold: view.threshold,
  unsure,
});

/**
 * Writes class names, their order, threshold and calibration to the `run.json` of every run, so that a run's folder can
 * be used without the project. The library numbers these changes and stores the last one written: if the program is
 * killed in between, the rest is written when the project is next opened. Each `run.json` is replaced atomically, so it
 * always matches its head. A run in training is updated when it ends; a failed write is tried again later.
 */
export async function tellRunFolders(project: Project): Promise<void> {
  const { db } = project;
  if (project.readOnly) return;
  for (let due = runFilesDue(db); due !== null; due = runFilesDue(db)) {
    const view = modelView(db);
    const isTold: boolean[] = [];
    for (const run of listRuns(db)) {
      if (run.status !== 'running') isTold.push(await tellRunFolder(project, run, view));
    }
    if (isTold.includes(false)) return;
    noteRunFilesWritten(db, due);
  }
}

/** @returns false if writing failed; true without a readable `run.json`, which needs no update */
async function tellRunFolder(project: Project, record: RunRecord, view: ModelView): Promise<boolean> {
  const folder = new RunFolder(runDir(project, record.id));
  const run = await folder.read().catch(() => null);
  if (!run) return true;
  const shown = shownAs(run, record, view);
  if (isDeepStrictEqual(run, shown)) return true;
  return folder.write(shown).then(
    () => true,
    () => false,
  );
}

/** Sets the project's threshold, the default of predictions, evaluations, tables and exports. */
export async function setThreshold(project: Project, threshold: number): Promise<void> {
  updateSettings(project.db, { threshold });
  await tellRunFolders(project);
}

/** Writes class names, order, threshold and calibration to the folder of a run that has ended. */
export async function tellEndedRun(project: Project, id: string): Promise<void> {
  await tellRunFolder(project, getRun(project.db, id), modelView(project.db));
}
