import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InsightState } from '../../shared/contract/insight.ts';
import { SAMPLES } from '../kit/cli.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { faults } from '../kit/window/faults.ts';
import { layoutFaults } from '../kit/window/layout.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo } from '../kit/window/sample.ts';

const NAMES = ['flags', 'smileys'] as const;
const EACH = 30;

let home: string;
let pictures: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-suggestions-'));
  pictures = join(home, 'pictures');
  mkdirSync(pictures);
  for (const name of NAMES) {
    for (const file of readdirSync(join(SAMPLES, name)).sort().slice(0, EACH)) {
      cpSync(join(SAMPLES, name, file), join(pictures, `${name}-${file}`));
    }
  }
  await launch();
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

async function launch(args: string[] = []): Promise<void> {
  app = await AppUnderTest.launch({ home, args, size: [1280, 800], indexes: true });
  page = app.page;
}

/** Waits until the index is as a test wants it. */
async function until(condition: (state: InsightState) => boolean): Promise<InsightState> {
  for (;;) {
    const state = await app.call('insight.state');
    if (condition(state)) return state;
    if (state.phase === 'failed') throw new Error(state.message ?? 'failed');
    await page.waitForTimeout(50);
  }
}

/** Index processes of the app, the only ones with the lowest priority. */
function killIndexing(): void {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid=,ni='], { encoding: 'utf8' });
  const own = String(app.electron.process().pid);
  const rows = children
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const family = new Set([own]);
  for (const [pid, parent] of rows) if (family.has(parent!)) family.add(pid!);
  const found = rows
    .filter(([pid, , nice]) => family.has(pid!) && Number(nice) === 19)
    .map(([pid]) => Number(pid));
  if (found.length === 0) throw new Error('No process is indexing.');
  for (const pid of found) process.kill(pid, 'SIGKILL');
}

describe('the index', () => {
  it('starts after an import, continues after a crash and a restart of the app, and completes', async () => {
    const project = join(app.documents, 'meals.twofold');
    await app.call('project.create', { folder: project });
    await app.call('import.start', { paths: [pictures] });
    await until(({ progress }) => (progress?.done ?? 0) >= 20);
    await page.getByText(/^Indexing \d+ of 60$/).waitFor();
    killIndexing();
    const { message } = await untilFailed();
    expect(message).toContain('The indexing process ended unexpectedly');
    await app.close();
    await launch([project]);
    const begun = await until(({ summary }) => summary !== null);
    expect(begun.summary!.indexed).toBeGreaterThanOrEqual(20);
    const { summary } = await until(({ phase }) => phase === 'done');
    expect(summary).toMatchObject({ indexed: 60, total: 60, labels: [0, 0], suggested: [0, 0] });
  });

  async function untilFailed(): Promise<InsightState> {
    for (;;) {
      const state = await app.call('insight.state');
      if (state.phase === 'failed') return state;
      await page.waitForTimeout(50);
    }
  }
});

const cells = () => page.getByRole('listbox', { name: 'Pictures' }).getByRole('option');
const panel = () => page.getByRole('region', { name: 'Suggestions' });
const sorted = (name: string) => page.getByLabel('Sort by').selectOption({ label: name });

/** Labels pictures by the names that their files begin with. */
async function label(count: number): Promise<void> {
  const ids = await app.call('pictures.ids', {});
  const rows = await app.call('pictures.rows', { ids: [...ids] });
  for (const [index, name] of NAMES.entries()) {
    const chosen = rows.filter((row) => row.name.startsWith(name)).slice(0, count);
    for (const { id } of chosen) {
      await page.locator(`#picture-${id}`).click();
      await page.keyboard.press(String(index + 1));
    }
  }
  await page.keyboard.press('Escape');
}

describe('suggestions', () => {
  it('start with two labels of each class, as a badge on every unlabelled picture', async () => {
    const reason = 'Label at least 2 pictures of each class first; there are 0 and 0.';
    await page.getByText(reason, { exact: true }).waitFor();
    const sorts = page.getByLabel('Sort by');
    expect(await sorts.locator('optgroup').getAttribute('label')).toBe(`Suggestions – ${reason}`);
    const isDisabled = (name: string) => sorts.locator('option', { hasText: name }).isDisabled();
    expect(
      await Promise.all(['Most confident first', 'By suggested class', 'Label next'].map(isDisabled)),
    ).toEqual([true, true, false]);
    expect(await page.getByRole('option', { name: /suggested:/ }).count()).toBe(0);
    await label(2);
    await until(({ summary }) => summary!.suggested[0] + summary!.suggested[1] === 56);
    await expect
      .poll(() => page.getByRole('option', { name: /not labelled, suggested: P\(Class [AB]\) \d+%/ }).count())
      .toBeGreaterThan(10);
    await app.screenshots('suggestions', [
      [1280, 800],
      [1024, 640],
    ]);
  });

  it('sort and filter the library, and nothing moves until the list is refreshed', async () => {
    await sorted('By suggested class');
    await page.waitForTimeout(500);
    const ids = await app.call('pictures.ids', { sort: { by: 'suggestion', order: 'class' } });
    const rows = await app.call('pictures.rows', { ids: [...ids] });
    const names = rows.slice(0, 56).map(({ name }) => name.split('-')[0]);
    expect(names.slice(0, 15).filter((name) => name === 'flags').length).toBeGreaterThan(9);
    expect(names.slice(-15).filter((name) => name === 'smileys').length).toBeGreaterThan(9);
    const before = await cells().first().getAttribute('id');
    await cells().nth(3).click();
    await page.keyboard.press('1');
    await page.waitForTimeout(800);
    expect(await cells().first().getAttribute('id')).toBe(before);
    await page.keyboard.press('z');
    await page.keyboard.press('Escape');
  });

  describe('of one class', () => {
    const filter = { kind: 'suggested', class: 0 } as const;
    const sort = { by: 'suggestion', order: 'surest' } as const;
    const accept = () => page.getByRole('button', { name: /^Accept these \d+$/ });
    const offered = async (): Promise<number> => Number(/\d+/.exec((await accept().textContent())!)![0]);
    const listed = async () => [...(await app.call('pictures.ids', { filter, sort }))];
    const labelsOf = async (ids: number[]) =>
      (await app.call('pictures.rows', { ids })).map(({ label }) => label);

    /** Ids of the pictures that the grid shows without cutting any of them, as they are drawn. */
    async function wholeCells(): Promise<number[]> {
      const view = (await page.getByRole('listbox', { name: 'Pictures' }).boundingBox())!;
      const ids: number[] = [];
      for (const cell of await cells().all()) {
        const box = (await cell.boundingBox())!;
        if (box.y < view.y || box.y + box.height > view.y + view.height) continue;
        ids.push(Number((await cell.getAttribute('id'))!.slice('picture-'.length)));
      }
      return ids;
    }

    beforeEach(async () => {
      await until(({ summary }) => summary!.suggested[0] + summary!.suggested[1] === 56);
      await page.getByLabel('Size of pictures').fill('224');
      await panel()
        .getByRole('button', { name: /^Class A/ })
        .click();
      const { length } = await listed();
      await page.getByText(`${length} pictures suggested as Class A.`).waitFor();
    });

    afterEach(async () => {
      await page.keyboard.press('Escape');
      await until(({ summary }) => summary!.suggested[0] + summary!.suggested[1] === 56);
      await page.getByLabel('Size of pictures').fill('144');
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await expect.poll(() => page.getByRole('button', { name: 'Select all 60' }).count()).toBe(1);
    });

    it('are corrected by clicks, and all others in sight accepted with one key', async () => {
      await app.screenshots('suggestions-one-class', [
        [1280, 800],
        [800, 560],
      ]);
      expect(await layoutFaults(app)).toEqual([]);
      await app.resize(1280, 800);
      await app.settle();
      const list = await listed();
      const inSight = await offered();
      expect(inSight).toBeGreaterThan(2);
      expect(inSight).toBeLessThan(list.length);
      await page.keyboard.press('2');
      await page.locator(`#picture-${list[1]}`).click();
      await expect.poll(offered).toBe(inSight - 1);
      await page.keyboard.press('a');
      await expect
        .poll(() => labelsOf(list.slice(0, inSight)))
        .toEqual(list.slice(0, inSight).map((_, index) => (index === 1 ? 1 : 0)));
      await page.getByText(`${inSight - 1} pictures labelled as suggested`).waitFor({ state: 'attached' });
      const sourceOf = async (id: number) => (await app.call('pictures.history', { id }))[0]!.source;
      expect(await sourceOf(list[0]!)).toBe('suggested');
      expect(await sourceOf(list[1]!)).toBe('mouse');
      // What was not in sight has no label, and comes next.
      expect(await labelsOf([list[inSight]!])).toEqual([null]);
      const next = await listed();
      await expect.poll(() => cells().first().getAttribute('id')).toBe(`picture-${next[0]}`);
      expect((await app.call('labels.undoState')).undo).toMatchObject({ pictures: inSight - 1 });
      await page.keyboard.press('z');
      await page.keyboard.press('z');
    });

    it('get a label only where they are wholly in sight, at the end of the list as well', async () => {
      const list = await listed();
      // Click to label as the other class, so that End selects nothing.
      await page.keyboard.press('2');
      await page.getByRole('listbox', { name: 'Pictures' }).focus();
      await page.keyboard.press('End');
      await page.locator(`#picture-${list.at(-1)}`).waitFor();
      await app.settle();
      const inSight = await wholeCells();
      expect(inSight).toContain(list.at(-1));
      expect(inSight.length).toBeLessThan(list.length - 2);
      await expect.poll(offered).toBe(inSight.length);
      // Held down.
      for (let press = 0; press < 5; press++) await page.keyboard.down('a');
      await page.keyboard.up('a');
      await page.getByText(`${inSight.length} pictures labelled as suggested`).waitFor({ state: 'attached' });
      await expect.poll(async () => (await labelsOf(inSight)).filter((label) => label !== 0)).toEqual([]);
      const next = await listed();
      await expect.poll(() => cells().first().getAttribute('id')).toBe(`picture-${next[0]}`);
      const others = list.filter((id) => !inSight.includes(id));
      expect(await labelsOf(others)).toEqual(others.map(() => null));
      expect((await app.call('labels.undoState')).undo).toMatchObject({ pictures: inSight.length });
      await page.keyboard.press('z');
      await expect.poll(() => labelsOf(list)).toEqual(list.map(() => null));
    });

    it('say why none can be accepted where a picture is higher than the grid', async () => {
      await page.getByLabel('Size of pictures').fill('256');
      await app.resize(800, 560);
      await app.settle();
      await app.screenshots('suggestions-one-class-high', [[800, 560]]);
      const none = page.getByRole('button', { name: 'None in sight' });
      expect(await none.isDisabled()).toBe(true);
      expect(await none.getAttribute('title')).toContain('No row is wholly in sight.');
      await page.keyboard.press('a');
      await app.settle();
      expect((await app.call('pictures.counts')).unlabelled).toBe(56);
      await app.resize(1280, 800);
    });
  });

  it('above a probability are shown before they are accepted, as one undo step that the history lists', async () => {
    await until(({ summary }) => summary!.suggested[0] + summary!.suggested[1] === 56);
    const [held] = await app.call('pictures.ids', { filter: { kind: 'unlabelled' } });
    await app.call('pictures.setTest', { ids: [held!], test: true });
    await until(({ summary }) => summary!.suggested[0] + summary!.suggested[1] === 55);
    await panel().getByRole('button', { name: 'Accept all above' }).click();
    const dialog = page.getByRole('dialog', { name: 'Accept suggestions' });
    await dialog.getByRole('slider').fill('0.6');
    await dialog.getByRole('listitem').first().getByRole('img').or(dialog.locator('img')).first().waitFor();
    await app.screenshots('suggestions-accept', [
      [1280, 800],
      [1024, 640],
    ]);
    expect(await faults(app)).toEqual([]);
    const left = dialog.getByRole('listitem').getByRole('button').first();
    await left.click();
    expect(await left.getAttribute('aria-pressed')).toBe('false');
    const accept = dialog.getByRole('button', { name: /^Label \d+ pictures$/ });
    const count = Number(/\d+/.exec((await accept.textContent())!)![0]);
    expect(count).toBeGreaterThan(10);
    await accept.click();
    const unlabelled = async (): Promise<number> => (await app.call('pictures.counts')).unlabelled;
    await expect.poll(unlabelled).toBe(56 - count);
    expect((await app.call('pictures.rows', { ids: [held!] }))[0]!.label).toBeNull();
    const { undo } = await app.call('labels.undoState');
    expect(undo).toMatchObject({ pictures: count });
    const [first] = (await app.call('labels.undo')).changes;
    expect((await app.call('pictures.history', { id: first!.id }))[0]).toMatchObject({ source: 'suggested' });
    expect(await unlabelled()).toBe(56);
  });

  it('stay off once they are switched off', async () => {
    await page.getByRole('switch', { name: 'Show suggestions' }).uncheck();
    await expect.poll(() => page.getByRole('option', { name: /suggested:/ }).count()).toBe(0);
    expect((await app.call('insight.state')).settings.suggests).toBe(false);
    await page.getByRole('switch', { name: 'Show suggestions' }).check();
  });
});

describe('what to label next', () => {
  it('is a queue in the large view, and each label shows the next picture', async () => {
    await panel().getByRole('button', { name: 'Label next' }).click();
    const view = page.getByRole('region', { name: 'One large picture' });
    await view.waitFor();
    const { unlabelled } = await app.call('pictures.counts');
    for (let answer = 0; answer < 12; answer++) {
      const name = (await view.locator('header .name').textContent())!;
      await page.keyboard.press(name.startsWith('flags') ? '1' : '2');
      await expect.poll(() => view.locator('header .name').textContent()).not.toBe(name);
    }
    await expect.poll(async () => (await app.call('pictures.counts')).unlabelled).toBe(unlabelled - 12);
    await app.screenshots('suggestions-queue', [
      [1280, 800],
      [1024, 640],
    ]);
    await page.keyboard.press('Escape');
  });
});

describe('more like this', () => {
  it('sorts the library by similarity, and selects the most similar', async () => {
    await cells().first().click();
    const id = Number((await cells().first().getAttribute('id'))!.slice('picture-'.length));
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Select 30 most similar' }).click();
    expect(await page.getByRole('option', { selected: true }).count()).toBeGreaterThan(10);
    expect(await cells().first().getAttribute('id')).toBe(`picture-${id}`);
    await app.screenshots('suggestions-similar', [
      [1280, 800],
      [1024, 640],
    ]);
  });
});

describe('near-duplicates', () => {
  it('are a filter; a group in two sets is reported in Train, and repaired as one undo step', async () => {
    const [id] = await app.call('pictures.ids', { filter: { kind: 'labelled' } });
    const [original] = await app.call('pictures.rows', { ids: [id!] });
    const folder = join(home, 'sets');
    mkdirSync(join(folder, 'train'), { recursive: true });
    await sharp(original!.path)
      .resize(300)
      .jpeg({ quality: 60 })
      .toFile(join(folder, 'train', 'copy.jpg'));
    await app.call('import.start', { paths: [folder] });
    await until(({ phase, summary }) => phase === 'done' && summary!.duplicates.pictures === 4);
    await page
      .getByRole('region', { name: 'Check' })
      .getByRole('button', { name: 'Near-duplicates 4' })
      .click();
    await expect.poll(() => page.locator('.cell:not([hidden])').count()).toBe(4);
    expect(await page.getByRole('option', { name: /first of 2 near-duplicates/ }).count()).toBe(2);
    await app.screenshots('suggestions-duplicates', [[1280, 800]]);
    await app.call('pictures.setTest', { ids: [id!], test: true });
    await until(({ summary }) => summary!.duplicates.leaks === 1);
    await goTo(app, 'Train');
    await page.getByText('1 group of near-duplicates is in more than one set').waitFor();
    await app.screenshots('suggestions-leak', [[1280, 800]]);
    await page.getByRole('button', { name: 'Move to one set' }).click();
    await until(({ summary }) => summary!.duplicates.leaks === 0);
    const both = await app.call('pictures.ids', { filter: { kind: 'duplicates' } });
    const rows = await app.call('pictures.rows', { ids: [...both] });
    // The other group, two angry faces, is in no set.
    expect(rows.map(({ split }) => split).filter((split) => split !== null)).toEqual(['test', 'test']);
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
    await until(({ summary }) => summary!.duplicates.leaks === 1);
  });
});

describe('checks of the pictures themselves', () => {
  it('are filters with counts, each showing the pictures that it finds', async () => {
    const folder = join(home, 'odd');
    mkdirSync(folder);
    const from = sharp(join(SAMPLES, 'flags', readdirSync(join(SAMPLES, 'flags')).sort()[50]!));
    const odd = {
      'Nearly one colour': from.clone().flatten({ background: '#fff' }).linear(0, 120),
      'Very dark': from.clone().flatten({ background: '#fff' }).linear(0.05, 0),
      'Very small': from.clone().resize(50, 50, { fit: 'fill' }),
      'Unusual shape': from.clone().resize(900, 200, { fit: 'fill' }),
    };
    for (const [name, picture] of Object.entries(odd)) {
      await picture.jpeg().toFile(join(folder, `${name}.jpg`));
    }
    await app.call('import.start', { paths: [folder] });
    await until(({ phase, summary }) => phase === 'done' && summary!.indexed === summary!.total);
    await goTo(app, 'Library');
    const check = page.getByRole('region', { name: 'Check' });
    for (const name of Object.keys(odd)) {
      const filter = check.getByRole('button', { name: new RegExp(`^${name} \\d+$`) });
      await filter.click();
      await page.getByRole('option', { name: `${name}.jpg` }).waitFor();
      const count = Number(/\d+$/.exec((await filter.textContent())!.trim())![0]);
      await expect.poll(() => cells().first().getAttribute('aria-setsize')).toBe(String(count));
      expect(count).toBeLessThan(20);
    }
    await app.screenshots('suggestions-checks', [
      [1280, 800],
      [800, 560],
    ]);
    expect(await layoutFaults(app)).toEqual([]);
  });
});
