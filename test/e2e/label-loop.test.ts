import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../../shared/contract/train.ts';
import { formatPercent } from '../../shared/format.ts';
import { comparisonSentence, type RunComparison } from '../../shared/run-comparison.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, SMALL_RECIPE } from '../kit/window/sample.ts';

/**
 * What Twofold is for: train on labels of which some are wrong, check those that it names, train again, and see that it got
 * better. The tests follow each other.
 */

const NAMES = ['flags', 'smileys'] as const;
/** Every tenth picture is in the folder of the other class. */
const FLIP_EVERY = 10;
/** Three epochs on cached features, which wrong labels slow down; half the pictures to see the difference on. */
const RECIPE = {
  ...SMALL_RECIPE,
  learningRate: 0.001,
  validationFraction: 0.4,
  seed: 2,
  augmentation: { ...SMALL_RECIPE.augmentation, enabled: false },
};

let home: string;
let app: AppUnderTest;
let flipped = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-loop-'));
  for (const [index, name] of NAMES.entries()) {
    for (const [place, file] of readdirSync(join(SAMPLES, name)).sort().entries()) {
      const isFlipped = place % FLIP_EVERY === 2;
      flipped += Number(isFlipped);
      const folder = join(home, 'pictures', NAMES[isFlipped ? 1 - index : index]!);
      mkdirSync(folder, { recursive: true });
      cpSync(join(SAMPLES, name, file), join(folder, `${name}-${file}`));
    }
  }
  app = await AppUnderTest.launch({ home, size: [1280, 800] });
  await app.call('project.create', { folder: join(app.documents, 'loop.twofold') });
  await app.call('import.start', { paths: [join(home, 'pictures')] });
  await app.call('project.setSettings', { settings: { recipe: RECIPE } });
  // The form reads the recipe when the window opens.
  await app.page.reload();
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

const main = () => app.page.getByRole('main');

/** Clicks Train as a person does, and waits for the end of the run. */
async function train(): Promise<RunInfo> {
  const before = (await app.call('runs.list')).length;
  await main().getByRole('button', { name: 'Train', exact: true }).click();
  const latest = async (): Promise<RunInfo | undefined> => {
    const runs = await app.call('runs.list');
    return runs.length > before && (await app.call('train.state')) === null ? runs[0] : undefined;
  };
  await expect.poll(latest, { timeout: 100_000, interval: 200 }).toMatchObject({ status: 'done' });
  return (await latest())!;
}

const progress = () => main().getByText(/^\d+ of \d+ checked$/);
async function checked(): Promise<[number, number]> {
  const [, done, total] = /^(\d+) of (\d+) checked$/.exec(await progress().innerText())!;
  return [Number(done), Number(total)];
}

/** Decides about labels as somebody who sees what is on the pictures, by keys, until so many are checked. */
async function check(until: number): Promise<void> {
  const aside = main().getByRole('complementary');
  for (let [done] = await checked(); done < until; done++) {
    // Empty until the picture is read, which is not there to judge by.
    const heading = aside.getByRole('heading').first();
    await expect.poll(() => heading.innerText()).not.toBe('');
    const name = await heading.innerText();
    const label = await aside.locator('dl dd').first().innerText();
    const isRight = label.includes(name.split('-')[0]!);
    await app.page.keyboard.press(isRight ? 'k' : 'f');
    await main()
      .getByText(new RegExp(`^(${done + 1} of \\d+ checked|\\d+ labels checked)$`))
      .first()
      .waitFor();
    if (done + 1 < until) await expect.poll(() => heading.innerText()).not.toBe(name);
  }
}

test('a run on wrong labels is trained, and the queue names most of them', async () => {
  await goTo(app, 'Train');
  expect(await train()).toMatchObject({ id: 'r1', canPredict: true });
  await app.call('insight.set', { indexes: true });
  while ((await app.call('insight.state')).phase !== 'done') await app.page.waitForTimeout(100);
  await goTo(app, 'Review');
  await main().getByRole('button', { name: 'Check labels' }).click();
  await progress().waitFor();
  const [done, total] = await checked();
  expect(done).toBe(0);
  expect(total).toBeGreaterThanOrEqual(0.8 * flipped);
});

test('how many labels were checked survives a restart of the app', async () => {
  await check(7);
  await app.close();
  app = await AppUnderTest.launch({
    home,
    size: [1280, 800],
    args: [join(home, 'documents', 'loop.twofold')],
  });
  await main().getByRole('button', { name: 'Check labels' }).click();
  // Ranked by the labels as they are now.
  const { suspects } = await app.call('suspects.quick');
  const total = 7 + suspects.filter(({ isLikely }) => isLikely).length;
  await main().getByText(`7 of ${total} checked`, { exact: true }).waitFor();
  await app.page.keyboard.press('z');
  await main().getByText(`6 of ${total} checked`, { exact: true }).waitFor();
  await app.page.keyboard.press('Shift+Z');
  await main().getByText(`7 of ${total} checked`, { exact: true }).waitFor();
  // What is redone is shown.
  await app.page.keyboard.press('ArrowDown');
  await check(total);
  await main()
    .getByText(/\d+ changed, \d+ kept, 0 excluded from training\. Train again/)
    .waitFor();
});

test('after training again, accuracy on the same pictures rises, and the window says so', async () => {
  await main().getByRole('button', { name: 'Go to Train' }).click();
  const second = await train();
  const compared = (await app.call('runs.versus', { first: 'r1', second: second.id }))!;
  const [before, after] = compared.accuracy.map(({ value }) => value) as [number, number];
  expect(compared.pictures).toBeGreaterThan(90);
  expect(after).toBeGreaterThan(before + 0.03);
  expect(compared.onlySecond.length).toBeGreaterThan(compared.onlyFirst.length);

  await app.page.getByRole('tab', { name: 'Runs' }).click();
  const words = main().locator('p').filter({ hasText: 'Compared with Run 1:' });
  await words.waitFor();
  expect(await words.innerText()).toContain(
    `accuracy ${formatPercent(after)} instead of ${formatPercent(before)} on the ${compared.pictures} validation pictures of both. ${sentence(compared)}`,
  );
  await main().getByRole('checkbox', { name: /Run 1/ }).check();
  const table = main().getByRole('region', { name: 'Compared runs' });
  for (const [name, value] of [
    ['Run 1', before],
    ['Run 2', after],
  ] as const) {
    await table
      .getByRole('row', { name: new RegExp(`^${name} `) })
      .getByText(formatPercent(value))
      .waitFor();
  }
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('label-loop');
  await app.resize(1280, 800);
  // The other way round.
  const pair = main().getByRole('group', { name: 'Two runs compared' });
  await pair.getByLabel('Run to compare', { exact: true }).selectOption('r1');
  await pair.getByLabel('Run to compare it with').selectOption(second.id);
  await main()
    .getByText(comparisonSentence(swapped(compared), ['Run 2', 'Run 1']))
    .waitFor();
  const count = compared.onlySecond.length;
  const open = main()
    .getByRole('button', { name: `Show the ${count} that only Run 2 got right` })
    .last();
  await open.focus();
  await app.page.keyboard.press('Enter');
  await main().getByText(`Only Run 2 is right: ${count} picture`).waitFor();
  const options = main().getByRole('listbox', { name: 'Pictures' }).getByRole('option');
  await expect.poll(() => options.count()).toBe(count);
  expect(app.complaints).toEqual([]);
});

/** The same comparison, seen from the other run. */
const swapped = ({ onlyFirst, onlySecond, accuracy, ...rest }: RunComparison): RunComparison => ({
  ...rest,
  accuracy: [accuracy[1], accuracy[0]],
  onlyFirst: onlySecond,
  onlySecond: onlyFirst,
});

const sentence = (compared: RunComparison): string => comparisonSentence(compared, ['Run 1', 'Run 2']);
