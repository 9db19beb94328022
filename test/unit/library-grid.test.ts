import { describe, expect, test } from 'vitest';
import { listFolders } from '../../main/library/reading/folders.ts';
import { countMatches, listPictureIds } from '../../main/library/reading/grid.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { removePictures } from '../../main/library/labels/removal.ts';
import { fold, nameKey } from '../../main/library/pictures/names.ts';
import {
  getCounts,
  getPictures,
  setSplit,
  testContents,
  testSet,
  trainingSet,
} from '../../main/library/pictures/pictures.ts';
import { getRunPictures, saveRunPictures } from '../../main/library/runs/predictions.ts';
import type { Project } from '../../main/library/project.ts';
import { createRun } from '../../main/library/runs/runs.ts';
import { run } from '../../main/library/database/sql.ts';
import { pictureFilterSchema, type PictureQueryInput } from '../../shared/library/query.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject } from '../kit/library.ts';

const NAMES = ['img10.jpg', 'img2.jpg', 'Éclair.png', 'apple_50%.jpg', 'zebra.png', 'IMG1.jpg'];

describe('what the grid shows', () => {
  test('names sort naturally, ignoring case and accents', () => {
    const { project, ids } = library();
    const names = getPictures(project.db, ids({ sort: { by: 'name' } })).map(({ name }) => name);
    expect(names).toEqual(['apple_50%.jpg', 'Éclair.png', 'IMG1.jpg', 'img2.jpg', 'img10.jpg', 'zebra.png']);
    expect(ids({ sort: { by: 'name', descending: true } })).toEqual(ids({ sort: { by: 'name' } }).reverse());
    expect(ids({ sort: { by: 'added', descending: true } })).toEqual([6, 5, 4, 3, 2, 1]);
    expect(nameKey('a007b')).toBe(nameKey('A7B'));
    expect(nameKey('0') < nameKey('00001')).toBe(true);
  });

  test('the search finds words in names and folders, and special characters literally', () => {
    const { ids } = library();
    expect(ids({ search: 'ECLAIR' })).toEqual([3]);
    expect(ids({ search: '0%' })).toEqual([4]);
    expect(ids({ search: 'img birds' })).toEqual([6, 1, 2].sort());
    expect(ids({ search: 'img fish' })).toEqual([]);
    expect(ids({ search: "'; DROP TABLE pictures; --" })).toEqual([]);
    expect(fold('ﬁÅ')).toBe('fia');
  });

  test('filters go by label, split, problem and import', () => {
    const { project, ids } = library();
    const { db } = project;
    setLabels(db, [1, 2], 0, 'mouse');
    setLabels(db, [3], 1, 'mouse');
    setLabels(db, [4], 'skipped', 'mouse');
    setSplit(db, [1, 3], 'validation');
    run(db, `UPDATE stored_pictures SET problem = 'missing' WHERE id = 5`);
    expect(ids({ filter: { kind: 'unlabelled' } })).toEqual([5, 6]);
    expect(ids({ filter: { kind: 'labelled' } })).toEqual([1, 2, 3]);
    expect(ids({ filter: { kind: 'class', class: 0 } })).toEqual([1, 2]);
    expect(ids({ filter: { kind: 'class', class: 1 } })).toEqual([3]);
    expect(ids({ filter: { kind: 'skipped' } })).toEqual([4]);
    expect(ids({ filter: { kind: 'split', split: 'validation' }, sort: { by: 'name' } })).toEqual([3, 1]);
    expect(ids({ filter: { kind: 'problems' } })).toEqual([5]);
    expect(ids({ filter: { kind: 'import', importId: 1 } })).toEqual([]);
    expect(trainingSet(db).map(({ id, label, split }) => [id, label, split])).toEqual([
      [1, 0, 'validation'],
      [2, 0, null],
      [3, 1, 'validation'],
    ]);
    expect(trainingSet(db, { after: 1, limit: 1 }).map(({ id }) => id)).toEqual([2]);
  });

  test('test predictions of a run count only in lists of the test set', async () => {
    const { project, ids } = library();
    const { db } = project;
    setLabels(db, [1, 2, 3, 4, 5], 1, 'mouse');
    setSplit(db, [1, 2, 3], 'test');
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    await saveRunPictures(db, id, [
      { id: 1, split: 'test', probability: 0.1 },
      { id: 2, split: 'test', probability: 0.45 },
      // Before it came into the test set.
      { id: 3, split: 'validation', probability: 0.2 },
      { id: 4, split: 'validation', probability: 0.3 },
      { id: 5, split: 'test', probability: 0.4 },
    ]);
    const wrong = (on: 'validation' | 'test'): number[] =>
      ids({ filter: { kind: 'wrong', run: id, on }, sort: { by: 'uncertain', run: id } });
    expect(wrong('validation')).toEqual([4]);
    expect(wrong('test')).toEqual([2, 1]);
    const uncertain = (filter: PictureQueryInput['filter']): number[] =>
      ids({ filter, sort: { by: 'uncertain', run: id } });
    // 3 and 4 have a probability that counts here; 1, 2 and 5 have none and come in their order.
    expect(uncertain({ kind: 'labelled' })).toEqual([4, 3, 1, 2, 5]);
    expect(uncertain({ kind: 'split', split: 'test' })).toEqual([2, 1, 3]);
    expect(ids({ filter: { kind: 'trainable' } })).toEqual([4, 5]);
  });

  test('the test set and pictures with its contents are excluded from the training set', () => {
    const { project, ids } = library();
    const { db } = project;
    setLabels(db, [1, 2, 3], 0, 'mouse');
    setSplit(db, [1, 4], 'test');
    // As when a file is changed into a copy of another.
    run(db, 'UPDATE stored_pictures SET sha256 = (SELECT sha256 FROM pictures WHERE id = 4) WHERE id = 3');
    expect(ids({ filter: { kind: 'split', split: 'test' } })).toEqual([1, 4]);
    expect(trainingSet(db).map(({ id }) => id)).toEqual([2]);
    expect(trainingSet(db, { twins: true }).map(({ id }) => id)).toEqual([2, 3]);
    expect(testSet(db).map(({ id }) => id)).toEqual([1]);
    expect(testContents(db)).toHaveLength(2);
    expect(getCounts(db)).toMatchObject({ classes: [3, 0], test: 2, testClasses: [1, 0] });
  });

  test('folders are listed with counts, filter the list, and are searched along the whole path', () => {
    const project = newProject();
    const { db } = project;
    for (const folder of ['/home/anna/traps/north/night', '/home/anna/traps/south']) {
      fillLibrary(project, 40, folder);
    }
    fillLibrary(project, 1, '/home/anna/traps/south 2');
    const folders = listFolders(db);
    expect(folders.filter(({ depth }) => depth < 2)).toEqual([
      { path: '/home/anna/traps', name: 'traps', depth: 0, count: 81 },
      { path: '/home/anna/traps/north', name: 'north', depth: 1, count: 40 },
      { path: '/home/anna/traps/south', name: 'south', depth: 1, count: 40 },
      { path: '/home/anna/traps/south 2', name: 'south 2', depth: 1, count: 1 },
    ]);
    expect(folders.map(({ name }) => name).slice(0, 6)).toEqual(['traps', 'north', 'night', '0', '1', '2']);
    const ids = (query: PictureQueryInput): number[] => [...listPictureIds(db, query)];
    for (const { path: folder, count } of folders) expect(ids({ folder })).toHaveLength(count);
    expect(ids({ search: 'NORTH night' })).toHaveLength(40);
    expect(ids({ search: 'north south' })).toEqual([]);
    expect(ids({ search: 'traps img' })).toHaveLength(81);
    expect(ids({ search: 'anna' })).toEqual([]); // above the folder that all have in common
    setLabels(db, [1, 2, 41], 1, 'mouse');
    expect(ids({ folder: '/home/anna/traps/north', filter: { kind: 'labelled' } })).toEqual([1, 2]);
    removePictures(db, [1], 'mouse');
    expect(listFolders(db)[1]).toMatchObject({ name: 'north', count: 39 });
  });

  test('the count of every filter matches its list', async () => {
    const { project, ids } = library();
    const { db } = project;
    setLabels(db, [1, 2, 3], 1, 'mouse');
    const run1 = createRun(db, { recipe: DEFAULT_RECIPE }).id;
    await saveRunPictures(db, run1, [
      { id: 1, split: 'train', probability: 0.2 },
      { id: 2, split: 'validation', probability: 0.9 },
    ]);
    run(db, `UPDATE stored_pictures SET problem = 'missing' WHERE id IN (1, 6)`);
    const filters = (
      [
        { kind: 'all' },
        { kind: 'unlabelled' },
        { kind: 'class', class: 1 },
        { kind: 'problems' },
        { kind: 'split', split: 'validation', run: run1 },
        { kind: 'wrong', run: run1, among: 'predicted' },
        { kind: 'selected', ids: Uint32Array.of(4, 2, 900_000) },
      ] as const
    ).map((filter) => pictureFilterSchema.parse(filter));
    const counts = countMatches(db, filters);
    expect(counts).toEqual(filters.map((filter) => ids({ filter }).length));
    expect(counts).toEqual([NAMES.length, NAMES.length - 3, 3, 2, 1, 1, 2]);
    expect(getCounts(db)).toMatchObject({ missing: 2, trainableMissing: 1 });
    setSplit(db, [1], 'test');
    expect(getCounts(db)).toMatchObject({ missing: 2, trainableMissing: 0 });
  });

  test('lists and counts are read from indexes alone', () => {
    const { db } = library().project;
    const plan = (sql: string): string =>
      (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('SELECT p.id FROM pictures p')).toContain('COVERING INDEX');
    expect(plan('SELECT p.id FROM pictures p WHERE p.label IS NULL')).toContain(
      'COVERING INDEX pictures_by_label',
    );
    expect(plan('SELECT p.id FROM pictures p ORDER BY p.name_key, p.id')).toContain(
      'COVERING INDEX pictures_by_name',
    );
    const counts = plan('SELECT label, split, count(*) AS n FROM pictures GROUP BY label, split');
    expect(counts).toContain('COVERING INDEX pictures_by_label');
    expect(counts).not.toContain('TEMP B-TREE');
    const test = plan("SELECT sha256 FROM pictures WHERE split = 'test' ORDER BY sha256");
    expect(test).toContain('COVERING INDEX pictures_in_test');
    expect(
      plan('SELECT p.label FROM json_each(1) wanted CROSS JOIN pictures p ON p.id = wanted.value'),
    ).toContain('USING INTEGER PRIMARY KEY');
  });

  test('predictions of a run sort and filter pictures', async () => {
    const { project, ids } = library();
    const { db } = project;
    setLabels(db, [1, 2, 3], 1, 'mouse');
    setLabels(db, [4, 5], 0, 'mouse');
    const run1 = createRun(db, { recipe: DEFAULT_RECIPE }).id;
    await saveRunPictures(db, run1, [
      { id: 1, split: 'train', probability: 0.9 },
      { id: 2, split: 'train', probability: 0.2 },
      { id: 3, split: 'validation', probability: 0.55 },
      { id: 4, split: 'validation', probability: 0.5 },
      { id: 5, split: 'train', probability: 0.97 },
      { id: 999, probability: 0.5 },
    ]);
    expect(ids({ sort: { by: 'uncertain', run: run1 } })).toEqual([4, 3, 2, 1, 5, 6]);
    expect(ids({ sort: { by: 'mislabelled', run: run1 } })).toEqual([5, 2, 4, 3, 1, 6]);
    // 0.5 is not above 0.5, so picture 4 is class 0 as it should be.
    expect(ids({ filter: { kind: 'wrong', run: run1 } })).toEqual([]);
    expect(ids({ filter: { kind: 'wrong', run: run1, threshold: 0.1 } })).toEqual([4]);
    const among = 'predicted';
    expect(ids({ filter: { kind: 'wrong', run: run1, among } })).toEqual([2, 5]);
    expect(ids({ filter: { kind: 'wrong', run: run1, among, threshold: 0.1 } })).toEqual([4, 5]);
    expect(ids({ filter: { kind: 'split', split: 'validation', run: run1 } })).toEqual([3, 4]);
    // A model that did not train on picture 1 thinks otherwise, and is believed more.
    await saveRunPictures(db, run1, [{ id: 1, outOfSample: 0.01 }]);
    expect(ids({ sort: { by: 'mislabelled', run: run1 } })[0]).toBe(1);
    expect(getRunPictures(db, run1, [1])).toEqual([
      { id: 1, split: 'train', probability: 0.9, outOfSample: 0.01 },
    ]);
    expect(() => ids({ filter: { kind: 'wrong', run: 'r7' } })).toThrow('There is no run r7');
  });
});

function library(): { project: Project; ids: (query?: PictureQueryInput) => number[] } {
  const project = newProject();
  fillLibrary(project, NAMES.length, '/photos');
  NAMES.forEach((name, index) => {
    run(
      project.db,
      'UPDATE stored_pictures SET name = :name, folded = :folded, name_key = :key WHERE id = :id',
      {
        id: index + 1,
        name,
        folded: fold(name),
        key: nameKey(name),
      },
    );
  });
  run(project.db, `UPDATE directories SET path = '/photos/Bïrds/' || char(96 + id)`);
  return { project, ids: (query = {}) => [...listPictureIds(project.db, query)] };
}
