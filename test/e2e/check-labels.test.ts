import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SuspectList } from '../../shared/contract/suspects.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { CLASS_NAMES, layoutFaults, WINDOW_SIZES } from '../kit/window/layout.ts';
import { goTo, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The queue of likely label errors, on pictures of which some are labelled wrongly. The tests follow each other. */

const NAMES = ['flags', 'smileys'] as const;
const EACH = 40;
/** Of each class, imported from the folder of the other. */
const FLIPPED = 3;

let home: string;
let app: AppUnderTest;
let page: Page;
let list: SuspectList;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-check-labels-'));
  for (const [index, name] of NAMES.entries()) {
    const files = readdirSync(join(SAMPLES, name)).sort().slice(0, EACH);
    files.forEach((file, place) => {
      const folder = join(home, 'pictures', NAMES[place < FLIPPED ? 1 - index : index]!);
      mkdirSync(folder, { recursive: true });
      cpSync(join(SAMPLES, name, file), join(folder, `${name}-${file}`));
    });
  }
  app = await AppUnderTest.launch({ home, size: [1280, 800] });
  page = app.page;
  await app.call('project.create', { folder: join(app.documents, 'meals.twofold') });
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

const main = () => page.getByRole('main');
const decision = (name: RegExp) =>
  main().getByRole('group', { name: 'Is the label right?' }).getByRole('button', { name });
const title = () => main().getByRole('complementary').getByRole('heading').first();

async function rowOf(id: number) {
  return (await app.call('pictures.rows', { ids: [id] }))[0]!;
}

/** Waits until the queue shows this picture. */
async function untilShown(id: number): Promise<void> {
  const { name } = await rowOf(id);
  await expect.poll(() => title().innerText()).toBe(name);
}

test('without an index and labels it says why, and offers to index', async () => {
  await main().getByRole('button', { name: 'Check labels' }).click();
  await main().getByText('Labels can’t be checked yet').waitFor();
  await main().getByText('there are 0 and 0').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await page.keyboard.press('Escape');
  await app.call('import.start', { paths: [join(home, 'pictures')] });
  await main().getByRole('button', { name: 'Check labels' }).click();
  await main().getByText('Too few labelled pictures are indexed yet').waitFor();
  await main().getByRole('button', { name: 'Index pictures' }).click();
  // It appears by itself.
  await main()
    .getByText(/^0 of \d+ checked$/)
    .waitFor();
  while ((await app.call('insight.state')).phase !== 'done') await page.waitForTimeout(100);
  await main().getByRole('button', { name: 'Rank again' }).click();
});

test('the most likely error comes first, with the prediction and its neighbours as the reason', async () => {
  list = await app.call('suspects.quick');
  expect(list).toMatchObject({ labelled: 2 * EACH, unindexed: 0 });
  const likely = list.suspects.filter(({ isLikely }) => isLikely);
  await main().getByText(`0 of ${likely.length} checked`, { exact: true }).waitFor();
  const [first] = likely;
  await untilShown(first!.id);
  await main()
    .getByText(`${(first!.probability * 100).toFixed(1)}%`)
    .waitFor();
  const [neighbours] = await app.call('suspects.neighbours', { ids: [first!.id] });
  expect(neighbours).toHaveLength(5);
  const agree = neighbours!.filter(({ label }) => label === first!.predicted).length;
  await main().getByText(`${agree} of 5 labelled ${NAMES[first!.predicted]}`).waitFor();
  // Most of the labels that were flipped are found.
  const names = await Promise.all(likely.map(async ({ id }) => rowOf(id)));
  const flipped = names.filter(({ name, label }) => !name.startsWith(NAMES[label as 0 | 1]));
  expect(flipped.length).toBeGreaterThanOrEqual(4);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('check-labels');
  const { classes } = (await app.call('project.current'))!;
  for (const names of CLASS_NAMES) {
    const renamed = classes.map((one, index) => ({ ...one, name: names[index]! }));
    await app.call('project.setClasses', { classes: [renamed[0]!, renamed[1]!] });
    expect(await layoutFaults(app), names[0]).toEqual([]);
  }
  await app.screenshots('check-labels-long', WINDOW_SIZES);
  await app.call('project.setClasses', { classes });
  await app.resize(1280, 800);
});

test('one key keeps, changes or skips a label or excludes the picture, and shows the next; every decision is in the history', async () => {
  const [first, second, third, fourth] = list.suspects.map(({ id }) => id) as [
    number,
    number,
    number,
    number,
  ];
  const { label, predicted } = list.suspects[0]!;
  await page.keyboard.press('f');
  await main()
    .getByText(/^1 of \d+ checked$/)
    .waitFor();
  await untilShown(second);
  expect((await rowOf(first)).label).toBe(predicted);
  await page.keyboard.press('k');
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
  await untilShown(third);
  // A skip decides nothing, and undo means it as long as nothing was decided since.
  const { label: before } = await rowOf(third);
  const entries = (await app.call('pictures.history', { id: third })).length;
  await page.keyboard.press('s');
  await untilShown(fourth);
  const announced = main().getByRole('status', { name: 'Announcements' });
  await announced.getByText('Skipped. 2 of').waitFor({ state: 'attached' });
  expect((await rowOf(third)).label).toBe(before);
  expect(await app.call('pictures.history', { id: third })).toHaveLength(entries);
  await main().getByRole('button', { name: 'Undo (skip)' }).click();
  await untilShown(third);
  await announced.getByText('Skip undone. 2 of').waitFor({ state: 'attached' });
  await page.keyboard.press('e');
  await untilShown(fourth);
  await expect.poll(async () => (await rowOf(third)).label).toBe('skipped');
  const last = async (id: number) => (await app.call('pictures.history', { id })).at(-1);
  expect(await last(first)).toMatchObject({ source: 'review', label: predicted, previous: label });
  expect(await last(second)).toMatchObject({ source: 'review', kept: true });
  expect(await last(third)).toMatchObject({ source: 'review', label: 'skipped' });
  await announced.getByText('Excluded from training. 3 of').waitFor({ state: 'attached' });
});

test('Z undoes decisions one by one and shows their pictures again', async () => {
  const [, second, third] = list.suspects.map(({ id }) => id) as [number, number, number];
  await page.keyboard.press('z');
  await untilShown(third);
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
  expect(await decision(/^Exclude/).getAttribute('aria-pressed')).toBe('false');
  await page.keyboard.press('z');
  await untilShown(second);
  await main()
    .getByText(/^1 of \d+ checked$/)
    .waitFor();
  await page.keyboard.press('Shift+Z');
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
  expect(await decision(/^Keep/).getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('ArrowUp');
  await untilShown(list.suspects[0]!.id);
  expect(await decision(/^Change to/).getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await untilShown(third);
});

test('the picture has the menu and the keys of other lists', async () => {
  const [, , third] = list.suspects.map(({ id }) => id) as [number, number, number];
  const { name } = await rowOf(third);
  const clipboard = (): Promise<string> => app.electron.evaluate(({ clipboard: board }) => board.readText());
  const item = (words: string) => page.getByRole('menu').getByRole('menuitem', { name: words });
  await page.keyboard.press('Control+c');
  await expect.poll(clipboard).toContain(name);
  await page.keyboard.press('Shift+F10');
  await item('Show in folder').waitFor();
  expect(await item('Clear label').count()).toBe(0);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('check-menu', [[1280, 800]]);
  await page.keyboard.press('Escape');
  await item('Show in folder').waitFor({ state: 'detached' });
  // Zoomed and panned where it is; F means another class here.
  const transform = (): Promise<string> =>
    page.evaluate(`document.querySelector('.frame > .picture').style.transform`);
  await page.keyboard.press('+');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(transform).toMatch(/^translate\([1-9][\d.]*px, 0px\) scale\(1\.5\)$/);
  await page.keyboard.press('0');
  await expect.poll(transform).toBe('translate(0px, 0px) scale(1)');
  // Enlarged, the keys mean the same, and the class buttons decide.
  await page.keyboard.press('Enter');
  const large = page.getByRole('dialog', { name });
  await large.waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('check-large', [[1280, 800]]);
  await large.getByRole('button', { name: NAMES[list.suspects[2]!.predicted], exact: true }).click();
  await large.waitFor({ state: 'detached' });
  await page.getByRole('dialog').waitFor();
  await expect.poll(async () => (await rowOf(third)).label).toBe(list.suspects[2]!.predicted);
  await page.keyboard.press('z');
  await large.waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // Removed, and back by undo.
  await page.keyboard.press('Delete');
  await expect.poll(async () => (await app.call('pictures.rows', { ids: [third] })).length).toBe(0);
  await expect.poll(() => title().innerText()).not.toBe(name);
  await page.keyboard.press('z');
  await untilShown(third);
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
});

test('a label that was kept does not come back, and what was decided still counts', async () => {
  const [, second, third] = list.suspects.map(({ id }) => id) as [number, number, number];
  await page.keyboard.press('Escape');
  await main().getByRole('listbox', { name: 'Pictures' }).waitFor();
  await main().getByRole('button', { name: 'Check labels' }).click();
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
  const { suspects } = await app.call('suspects.quick');
  expect(suspects.map(({ id }) => id)).not.toContain(second);
  expect(suspects.map(({ id }) => id)).toContain(third);
});

test('trained heads rank the labels in the background, which can be cancelled', async () => {
  await page.keyboard.press('Escape');
  const run = await trainSmall(app, { ...SMALL_RECIPE, epochs: 40 });
  await goTo(app, 'Review');
  await main().getByRole('button', { name: 'Check labels' }).click();
  await main()
    .getByText(/^2 of \d+ checked$/)
    .waitFor();
  await main().getByRole('button', { name: 'Rank by Run 1…' }).click();
  await main().getByRole('progressbar', { name: 'Training in folds' }).waitFor();
  await app.screenshots('check-labels-folds');
  await app.resize(1280, 800);
  await main().getByRole('button', { name: 'Cancel' }).click();
  await main().getByRole('button', { name: 'Rank by Run 1…' }).click();
  await main().getByRole('progressbar', { name: 'Training in folds' }).waitFor();
  // What began before the window is loaded again is announced all the same.
  await page.reload();
  expect(await app.call('folds.state')).not.toBe(null);
  await page.getByText(/The trained heads found \d+ likely label errors?\./).waitFor();
  await page.getByRole('button', { name: 'Check them' }).click();
  await main().getByText('Ranked by: Run 1').waitFor();
  await main().getByText('By a head that was not trained on this picture.').waitFor();
  expect(await app.call('folds.state')).toBe(null);
  expect(run.canPredict).toBe(true);
});

test('a finished queue says what was decided, and what comes next', async () => {
  await main().getByRole('button', { name: 'Rank again' }).click();
  await main().getByText('Ranked by: quick classifier').waitFor();
  const left = async (): Promise<number> => {
    const [, checked, total] = /^(\d+) of (\d+) checked$/.exec(
      await main()
        .getByText(/^\d+ of \d+ checked$/)
        .innerText(),
    )!;
    return Number(total) - Number(checked);
  };
  await expect.poll(left).toBeGreaterThan(1);
  const skipped = await title().innerText();
  await page.keyboard.press('s');
  await expect.poll(() => title().innerText()).not.toBe(skipped);
  for (let count = await left(); count > 1; count--) {
    await page.keyboard.press('k');
    await expect.poll(left).toBe(count - 1);
  }
  // It comes again at the end; skipped once more, it is for the next visit.
  await expect.poll(() => title().innerText()).toBe(skipped);
  await page.keyboard.press('s');
  await main()
    .getByText(/^\d+ of \d+ labels checked$/)
    .waitFor();
  await main()
    .getByText(/^1 changed, \d+ kept, 0 excluded from training\. 1 skipped, without a decision\. Train again/)
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('check-labels-skipped');
  await app.resize(1280, 800);
  await main().getByRole('button', { name: 'Check 1 skipped label' }).click();
  await expect.poll(() => title().innerText()).toBe(skipped);
  await page.keyboard.press('k');
  await main()
    .getByText(/^1 changed, \d+ kept, 0 excluded from training\. Train again/)
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
  expect(await layoutFaults(app)).toEqual([]);
  await app.screenshots('check-labels-done');
  await main().getByRole('button', { name: 'Go to Train' }).click();
  await main().getByRole('tab', { name: 'Recipe' }).waitFor();
  expect(app.complaints).toEqual([]);
});
