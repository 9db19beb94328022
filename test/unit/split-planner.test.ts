import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { planSplit } from '../../main/engine/grouped-split.ts';
import { indexModel } from '../../main/engine/index-library.ts';
import { SplitPlanner } from '../../main/engine/split-planner.ts';
import { DuplicateStore, noPairs } from '../../main/insight/duplicate-store.ts';
import { cacheDir, type Project } from '../../main/library/folder.ts';
import { importFolder } from '../../main/library/import/import.ts';
import { setLabels, swapClasses } from '../../main/library/labels/labels.ts';
import { checkFiles } from '../../main/library/pictures/check-files.ts';
import { setSplit } from '../../main/library/pictures/pictures.ts';
import { listContents, type PictureContent } from '../../main/library/reading/contents.ts';
import { PAGE_ROWS } from '../../main/training/result-pages.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { decode, newProject, putMany, temporaryFolder } from '../kit/library.ts';

const recipe = { ...DEFAULT_RECIPE, validationFraction: 0.25 };

/** Twenty pictures of each class. */
async function twentyOfEach(): Promise<{ project: Project; cats: PictureContent[]; dogs: PictureContent[] }> {
  const project = newProject();
  await importFolder(project, putMany(temporaryFolder(), 40, ['cat', 'dog']), { inspect: decode });
  const all = listContents(project.db);
  const of = (label: 0 | 1): PictureContent[] => all.filter((picture) => picture.label === label);
  return { project, cats: of(0), dogs: of(1) };
}

/** As if all pictures had been compared, and these groups found. */
async function note(project: Project, groups: PictureContent[][], but?: PictureContent): Promise<void> {
  const hashes = listContents(project.db)
    .map(({ sha256 }) => sha256)
    .filter((sha256) => sha256 !== but?.sha256);
  const links = groups.flatMap((group) =>
    group
      .slice(1)
      .map(({ sha256 }): [number, number] => [hashes.indexOf(group[0]!.sha256), hashes.indexOf(sha256)]),
  );
  await new DuplicateStore(cacheDir(project), await indexModel(project)).write({
    hashes,
    links,
    near: noPairs(),
  });
}

function plannerOf(project: Project): SplitPlanner {
  const planner = new SplitPlanner(project);
  onTestFinished(() => planner.close());
  return planner;
}

test('counts both sides by class, and follows labels and recipe', async () => {
  const { project, cats } = await twentyOfEach();
  const planner = plannerOf(project);
  const alone = { ...recipe, groupDuplicates: false };
  const nothing = { testCopies: 0, unusable: 0, isFinal: true };
  expect(await planner.count(alone)).toEqual({ train: [15, 15], validation: [5, 5], ...nothing });
  const half = { ...alone, validationFraction: 0.5 };
  expect(await planner.count(half)).toEqual({ train: [10, 10], validation: [10, 10], ...nothing });
  const ids = cats.slice(0, 8).map(({ id }) => id);
  setLabels(project.db, ids, null, 'mouse');
  expect(await planner.count(alone)).toEqual({ train: [9, 15], validation: [3, 5], ...nothing });
  setLabels(project.db, ids, 1, 'mouse');
  expect(await planner.count(alone)).toEqual({ train: [9, 21], validation: [3, 7], ...nothing });
});

test('leaves out near-duplicates of test pictures and missing files, and keeps groups together', async () => {
  const { project, cats, dogs } = await twentyOfEach();
  setSplit(project.db, [cats[0]!.id, dogs[0]!.id], 'test');
  rmSync(cats[2]!.path);
  await checkFiles(project);
  const bursts = dogs.slice(1, 17);
  await note(project, [[cats[0]!, cats[1]!], bursts]);
  // 17 cats and 19 dogs are left, of which 16 are one group, larger than a quarter.
  expect(await plannerOf(project).count(recipe)).toEqual({
    train: [13, 16],
    validation: [4, 3],
    testCopies: 1,
    unusable: 1,
    isFinal: true,
  });
});

test('says where near-duplicates are still to be looked for', async () => {
  const { project, cats } = await twentyOfEach();
  const planner = plannerOf(project);
  await note(project, [], cats[3]);
  expect(await planner.count(recipe)).toMatchObject({ train: [15, 15], isFinal: false });
  await note(project, []);
  expect(await planner.count(recipe)).toMatchObject({ train: [15, 15], isFinal: true });
});

test('plans the split as without a thread, in pages', async () => {
  const project = newProject();
  await importFolder(project, putMany(temporaryFolder(), 2 * PAGE_ROWS + 10, ['cat', 'dog']), {
    inspect: decode,
  });
  // All pictures are still to be compared.
  const { split, comparison } = await planSplit(project, recipe);
  const { groups: _, ...ungrouped } = split;
  expect(split.train.length).toBeGreaterThan(PAGE_ROWS);
  expect(comparison!.pictures).toHaveLength(2 * PAGE_ROWS + 10);
  expect(await plannerOf(project).plan(recipe)).toEqual({ split: ungrouped, comparison });
});

test('identifies pictures, labels and given sides, whatever the seed and the order of the classes', async () => {
  const { project, cats, dogs } = await twentyOfEach();
  const { db } = project;
  const alone = { ...recipe, groupDuplicates: false };
  const identified = async (seed = 1): Promise<string> =>
    (await planSplit(project, { ...alone, seed })).split.fingerprint;
  const first = await identified();
  expect(await identified(2)).toBe(first);
  swapClasses(db, 'cli');
  expect(await identified()).toBe(first);
  swapClasses(db, 'cli');
  const cat = [cats[0]!.id];
  const moved = [...cat, dogs[0]!.id, dogs[1]!.id];
  const others = new Set([first]);
  for (const change of [
    () => setLabels(db, cat, 1, 'mouse'),
    () => setLabels(db, cat, null, 'mouse'),
    () => setSplit(db, moved, 'validation'),
    () => setSplit(db, moved.slice(2), 'train'),
    () => setSplit(db, moved, null),
  ]) {
    change();
    others.add(await identified());
    setLabels(db, cat, 0, 'mouse');
  }
  // The last change undoes the others.
  expect(others.size).toBe(5);
  expect(await identified()).toBe(first);
});

test('says that files are missing before it says what the others lack', async () => {
  const { project, dogs } = await twentyOfEach();
  for (const { path } of dogs) rmSync(path);
  await checkFiles(project);
  await expect(plannerOf(project).plan(recipe)).rejects.toMatchObject({
    code: 'one-class',
    message: expect.stringMatching(
      /^20 labelled files are missing or have changed\..* Without these files: All 20 labelled pictures are "cat"/,
    ) as string,
  });
});

test('says that the project was deleted while it was open', async () => {
  const { project } = await twentyOfEach();
  rmSync(project.folder, { recursive: true });
  await expect(plannerOf(project).plan(recipe)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('was moved, renamed or deleted while it was open') as string,
  });
});

test('says why pictures can’t be split', async () => {
  const { project, dogs } = await twentyOfEach();
  setLabels(
    project.db,
    dogs.map(({ id }) => id),
    null,
    'mouse',
  );
  await expect(plannerOf(project).count(recipe)).rejects.toMatchObject({
    code: 'one-class',
    message: expect.stringContaining('All 20 labelled pictures are "cat"') as string,
  });
});
