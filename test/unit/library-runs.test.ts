import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseRun } from '../../main/engine/evaluate.ts';
import { getRunPictures, saveRunPictures } from '../../main/library/runs/predictions.ts';
import { closeProject, openProject, runDir } from '../../main/library/project.ts';
import {
  createRun,
  deleteRun,
  getEpochs,
  getRun,
  latestUsableRun,
  listRuns,
  recordEpoch,
  updateRun,
} from '../../main/library/runs/runs.ts';
import { run } from '../../main/library/database/sql.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

const epoch = (number: number): Parameters<typeof recordEpoch>[2] => ({
  epoch: number,
  durationMs: 12.5,
  loss: 1 / number,
  accuracy: 0.5,
  valLoss: 0.6,
  valAccuracy: 0.7,
});

describe('runs', () => {
  test('are numbered in order, and a number is never used again', () => {
    const project = newProject(temporaryFolder(), ['cat', 'dog']);
    const first = createRun(project.db, { recipe: DEFAULT_RECIPE, name: 'first' });
    expect(first).toMatchObject({
      id: 'r1',
      status: 'running',
      classes: ['cat', 'dog'],
      recipe: DEFAULT_RECIPE,
      metrics: null,
    });
    createRun(project.db, { recipe: { ...DEFAULT_RECIPE, dropout: 0 } });
    updateRun(project.db, 'r2', { status: 'done' });
    deleteRun(project, 'r2');
    expect(createRun(project.db, { recipe: DEFAULT_RECIPE }).id).toBe('r3');
    expect(listRuns(project.db).map(({ id }) => id)).toEqual(['r3', 'r1']);
    expect(() => getRun(project.db, 'r2')).toThrow(
      'There is no run r2 in this project. The last ones are r1, r3.',
    );
    expect(() => getRun(project.db, 'r1; DROP TABLE runs')).toThrow('There is no run');
  });

  test('store their metrics, status and error', () => {
    const project = newProject();
    const { db } = project;
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    expect(latestUsableRun(db)).toBeNull();
    recordEpoch(db, id, epoch(1), [0.75, 0.5]);
    recordEpoch(db, id, { ...epoch(2), loss: NaN });
    recordEpoch(db, id, epoch(2), [0.25]);
    expect(getEpochs(db, id)).toEqual([
      { ...epoch(1), batchLosses: [0.75, 0.5] },
      { ...epoch(2), batchLosses: [0.25] },
    ]);
    recordEpoch(db, id, { ...epoch(3), valLoss: NaN });
    expect(getEpochs(db, id)[2]).toMatchObject({ valLoss: NaN, valAccuracy: 0.7 });
    updateRun(db, id, { bestEpoch: 2 });
    // Its model is not final while it is being trained.
    expect(latestUsableRun(db)).toBeNull();
    expect(() => chooseRun(project, id)).toThrow('Run r1 is being trained, so its model is not final.');
    const done = updateRun(db, id, {
      status: 'done',
      bestEpoch: 2,
      metrics: {
        accuracy: 0.9,
        matrix: [
          [1, 2],
          [3, 4],
        ],
      },
      weightsFingerprint: 'f',
    });
    expect(done).toMatchObject({
      bestEpoch: 2,
      metrics: {
        matrix: [
          [1, 2],
          [3, 4],
        ],
      },
      weightsFingerprint: 'f',
    });
    expect(done.finishedAtMs).toBeGreaterThanOrEqual(done.createdAtMs);
    expect(latestUsableRun(db)?.id).toBe(id);
    expect(updateRun(db, id, { name: 'best', note: 'with dropout' })).toMatchObject({
      name: 'best',
      note: 'with dropout',
      status: 'done',
    });
    run(db, `UPDATE runs SET recipe = '{"fromTomorrow":1}'`);
    expect(getRun(db, id).recipe).toBeNull();
  });

  test('whose process died are crashed and can be resumed; those of a running one are unchanged', () => {
    const project = newProject();
    const { db } = project;
    for (let index = 0; index < 4; index++) createRun(db, { recipe: DEFAULT_RECIPE });
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    run(db, 'UPDATE runs SET process = :process WHERE number = 2', { process: `${hostname()}:${dead}` });
    run(db, 'UPDATE runs SET process = :process WHERE number = 3', { process: `another.example:${dead}` });
    run(db, 'UPDATE runs SET process = :process WHERE number = 4', {
      process: `${hostname()}:${process.ppid}`,
    });
    const opened = openProject(project.folder);
    expect(opened.crashedRuns).toEqual(['r2']);
    closeProject(opened);
    expect(getRun(db, 'r2')).toMatchObject({ status: 'crashed', error: { code: 'crashed' } });
    expect(getRun(db, 'r1').status).toBe('running');
    expect(updateRun(db, 'r2', { status: 'running' })).toMatchObject({
      status: 'running',
      error: null,
      finishedAtMs: null,
    });
    expect(() => updateRun(db, 'r4', { status: 'running' })).toThrow('trained by another program');
  });

  test('are deleted with their predictions, but not while they are trained', async () => {
    const project = newProject();
    const { db } = project;
    fillLibrary(project, 3);
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    mkdirSync(runDir(project, id), { recursive: true });
    writeFileSync(path.join(runDir(project, id), 'head.bin'), 'x');
    await saveRunPictures(db, id, [{ id: 1, split: 'train', probability: 0.1 }]);
    expect(() => deleteRun(project, id)).toThrow('Stop it');
    updateRun(db, id, { status: 'stopped' });
    deleteRun(project, id);
    expect(existsSync(runDir(project, id))).toBe(false);
    expect(listRuns(db)).toEqual([]);
  });

  test('store predictions for many pictures without blocking', async () => {
    const project = newProject();
    fillLibrary(project, 7000);
    const { id } = createRun(project.db, { recipe: DEFAULT_RECIPE });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await saveRunPictures(
      project.db,
      id,
      Array.from({ length: 7000 }, (_, index) => ({
        id: index + 1,
        split: 'validation' as const,
        probability: index / 7000,
      })),
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    expect(getRunPictures(project.db, id)).toHaveLength(7000);
  });
});
