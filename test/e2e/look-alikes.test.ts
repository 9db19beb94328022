import { mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../main/pictures/sharp.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo } from '../kit/window/sample.ts';

/** Of each subject so many pictures that differ in light and frame, as in a session with a camera. */
const SUBJECTS = 4;
const TAKES = 5;
const SINGLES = 8;

let home: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-look-alikes-'));
  const pictures = join(home, 'pictures');
  mkdirSync(pictures);
  const files = readdirSync(join(SAMPLES, 'flags'))
    .sort()
    .filter((_, index) => index % 9 === 0);
  for (const [subject, file] of files.slice(0, SUBJECTS + SINGLES).entries()) {
    for (let take = 0; take < (subject < SUBJECTS ? TAKES : 1); take++) {
      await sharp(join(SAMPLES, 'flags', file))
        .modulate({ brightness: 1 + 0.06 * take })
        .rotate(4 * take, { background: '#888' })
        .jpeg()
        .toFile(join(pictures, `subject-${subject}-${take}.jpg`));
    }
  }
  app = await AppUnderTest.launch({ home, size: [1280, 800], indexes: true });
  page = app.page;
  await app.call('project.create', { folder: join(app.documents, 'groups.twofold') });
  await app.call('import.start', { paths: [pictures] });
  while ((await app.call('insight.state')).phase !== 'done') await page.waitForTimeout(100);
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

const selected = () =>
  page.getByRole('listbox', { name: 'Pictures' }).getByRole('option', { selected: true });
const cells = () => page.getByRole('listbox', { name: 'Pictures' }).locator('.cell:not([hidden])');
const shownOrder = () =>
  page.evaluate<string[]>(`[...document.querySelectorAll('.cell:not([hidden])')].map(({ id }) => id)`);
const groups = () => app.call('pictures.groups', { filter: { kind: 'alike', from: 0.9 } });

describe('groups of look-alikes', () => {
  it('have one subject almost everywhere, and are shown together with their size', async () => {
    const { ids, sizes } = await groups();
    const rows = await app.call('pictures.rows', { ids: [...ids] });
    expect(sizes.length).toBeGreaterThanOrEqual(SUBJECTS);
    let [at, own] = [0, 0];
    for (const size of sizes) {
      const subjects = rows.slice(at, at + size).map(({ name }) => name.split('-')[1]);
      const counts = subjects.map((one) => subjects.filter((other) => other === one).length);
      own += Math.max(...counts);
      at += size;
    }
    expect(own / at).toBeGreaterThan(0.8);
    await goTo(app, 'Library');
    await page.getByRole('button', { name: 'Groups of look-alikes' }).click();
    await page.getByRole('slider', { name: 'How alike' }).fill('0.9');
    await page.getByText(/of look-alikes with \d+ pictures/).waitFor();
    await expect.poll(() => cells().count()).toBe(ids.length);
    await expect.poll(() => selected().count()).toBe(sizes[0]);
    await app.screenshots('look-alikes', [
      [1280, 800],
      [1024, 640],
    ]);
    expect(await app.accessibility()).toEqual([]);
  });

  it('are labelled as a whole with one key, the next is selected, and nothing moves', async () => {
    const { ids, sizes } = await groups();
    const order = await shownOrder();
    await page.keyboard.press('1');
    const first = [...ids.subarray(0, sizes[0])];
    const labelsOf = async (of: number[]) =>
      (await app.call('pictures.rows', { ids: of })).map(({ label }) => label);
    await expect.poll(() => labelsOf(first)).toEqual(first.map(() => 0));
    await expect.poll(() => selected().count()).toBe(sizes[1]);
    await page.keyboard.press('2');
    const second = [...ids.subarray(sizes[0], sizes[0]! + (sizes[1] ?? 0))];
    await expect.poll(() => labelsOf(second)).toEqual(second.map(() => 1));
    expect(await shownOrder()).toEqual(order);
    await page.keyboard.press('z');
    await expect.poll(() => labelsOf(second)).toEqual(second.map(() => null));
    expect(await labelsOf(first)).toEqual(first.map(() => 0));
  });

  it('are selected by a click on one of their pictures, and change with the slider, which is remembered', async () => {
    const { ids, sizes } = await groups();
    // Two groups of the list are labelled or not; the last one is neither.
    const last = ids.at(-1)!;
    await page.locator(`#picture-${last}`).click();
    await expect.poll(() => selected().count()).toBe(sizes.at(-1));
    await page.locator(`#picture-${last}`).click({ modifiers: ['Control'] });
    await expect.poll(() => selected().count()).toBe(sizes.at(-1)! - 1);
    await page.getByRole('slider', { name: 'How alike' }).fill('0.98');
    await expect
      .poll(() => app.call('project.current').then((info) => info!.settings.alikeFrom))
      .toBeCloseTo(0.98);
    const strict = await app.call('pictures.groups', { filter: { kind: 'alike', from: 0.98 } });
    expect(strict.ids.length).toBeLessThan(ids.length);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(() => cells().count()).toBe(SUBJECTS * TAKES + SINGLES);
  });
});
