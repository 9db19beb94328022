import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InsightState } from '../../shared/contract/insight.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

const NAMES = ['flags', 'smileys'] as const;
const EACH = 120;
const LABELLED = 20;

let home: string;
let project: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-run-predictions-'));
  const pictures = join(home, 'pictures');
  mkdirSync(pictures);
  for (const name of NAMES) {
    for (const file of readdirSync(join(SAMPLES, name)).sort().slice(0, EACH)) {
      cpSync(join(SAMPLES, name, file), join(pictures, `${name}-${file}`));
    }
  }
  await launch();
  project = join(app.documents, 'predicted.twofold');
  await app.call('project.create', { folder: project });
  await app.call('import.start', { paths: [pictures] });
  const ids = await app.call('pictures.ids', {});
  const rows = await app.call('pictures.rows', { ids: [...ids] });
  for (const [label, name] of NAMES.entries()) {
    const chosen = rows.filter((row) => row.name.startsWith(name)).slice(0, LABELLED);
    await app.call('labels.set', {
      ids: chosen.map(({ id }) => id),
      label: label as 0 | 1,
      source: 'cli',
    });
  }
  await trainSmall(app);
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

async function launch(args: string[] = []): Promise<void> {
  app = await AppUnderTest.launch({ home, args, size: [1280, 800] });
  page = app.page;
}

async function until(condition: (state: InsightState) => boolean): Promise<InsightState> {
  for (;;) {
    const state = await app.call('insight.state');
    if (condition(state)) return state;
    if (state.phase === 'failed') throw new Error(state.message ?? 'failed');
    await page.waitForTimeout(20);
  }
}

const coverage = (run = 'r1') => app.call('insight.coverage', { run });
const option = (name: RegExp) => page.getByLabel('Sort by').getByRole('option', { name });
const panel = () => page.getByRole('region', { name: 'Suggestions' });

describe('a run that has not predicted all pictures', () => {
  it('can’t sort them yet, and says why and what to do', async () => {
    await goTo(app, 'Library');
    await page.getByText(/^Run 1 has predicted \d+ of 240 pictures\.$/).waitFor();
    const { predicted, total } = await coverage();
    expect(total).toBe(2 * EACH);
    expect(predicted).toBeLessThan(2 * LABELLED);
    expect(await option(/^Most uncertain \(Run 1\) – \d+ of 240 predicted$/).isDisabled()).toBe(true);
    await app.screenshots('run-predictions-missing', [
      [1280, 800],
      [1024, 640],
    ]);
  });

  it('predicts them in the background, stops and rests when it should, and goes on where it was', async () => {
    await page.getByRole('button', { name: 'Predict all' }).click();
    await page.getByText(/^Run 1: predicting \d+ of 240/).waitFor();
    await until(() => true);
    while ((await coverage()).predicted < 60) await page.waitForTimeout(20);
    await page.getByRole('contentinfo').getByRole('button', { name: 'Stop' }).click();
    await until(({ phase }) => phase === 'off');
    const { predicted } = await coverage();
    expect(predicted).toBeLessThan(2 * EACH);
    // The next to run is the training, and the prediction waits until it is over.
    await app.call('insight.predict', { run: 'r1' });
    await until(({ predicting }) => predicting === 'r1');
    await app.call('train.start', { recipe: { ...SMALL_RECIPE, epochs: 2 } });
    await until(({ phase }) => phase !== 'predicting');
    const paused = await coverage();
    expect(paused.predicted).toBeLessThan(2 * EACH);
    while ((await app.call('train.state')) !== null) {
      expect((await app.call('insight.state')).predicting).toBeNull();
      await page.waitForTimeout(50);
    }
    await until(({ phase, predicting }) => predicting === null && phase === 'off');
    await expect.poll(() => coverage(), { timeout: 60_000 }).toEqual({ predicted: 240, total: 240 });
  });

  it('sorts all pictures once it has', async () => {
    await page.getByLabel('Run', { exact: true }).count();
    await page.getByLabel('Run whose wrong predictions are shown').selectOption({ label: 'Run 1' });
    await page.getByRole('button', { name: 'All', exact: false }).first().click();
    await app.call('runs.delete', { run: 'r2' });
    await expect.poll(() => option(/^Most uncertain \(Run 1\)$/).isDisabled()).toBe(false);
    await page.getByLabel('Sort by').selectOption({ label: 'Most uncertain (Run 1)' });
    await expect
      .poll(() => app.call('project.current').then((info) => info!.settings.query.sort))
      .toEqual({ by: 'uncertain', run: 'r1' });
    expect(await page.getByText(/^Run 1 has predicted/).count()).toBe(0);
  });

  it('lists what it predicts wrongly, on request also among pictures labelled later', async () => {
    const wrong = (among: 'validation' | 'predicted') =>
      app.call('pictures.ids', { filter: { kind: 'wrong', run: 'r1', among } });
    const before = await wrong('predicted');
    const unlabelled = await app.call('pictures.ids', { filter: { kind: 'unlabelled' } });
    const flags = (await app.call('pictures.rows', { ids: [...unlabelled] })).filter(({ name }) =>
      name.startsWith('flags'),
    );
    const later = flags.slice(0, 10).map(({ id }) => id);
    await app.call('labels.set', { ids: later, label: 1, source: 'cli' });
    const [validation, predicted] = [await wrong('validation'), await wrong('predicted')];
    expect([...validation].filter((id) => later.includes(id))).toEqual([]);
    const added = [...predicted].filter((id) => !before.includes(id));
    expect(added.length).toBeGreaterThan(0);
    expect(added.every((id) => later.includes(id))).toBe(true);
    const show = page.getByRole('region', { name: 'Show', exact: true });
    const listed = page.getByRole('button', { name: /^Select all \d+$/ });
    const too = show.getByLabel('Training and later pictures too');
    await show.getByRole('button', { name: 'Wrong in', exact: true }).click();
    await too.waitFor();
    expect(await too.isChecked()).toBe(false);
    await too.check();
    await expect.poll(() => listed.textContent()).toBe(`All ${predicted.length}`);
    await show.getByText(String(predicted.length), { exact: true }).first().waitFor();
    await too.uncheck();
    await expect
      .poll(() => app.call('project.current').then((info) => info!.settings.query.filter))
      .toMatchObject({ kind: 'wrong', run: 'r1', among: 'validation' });
    if (validation.length > 0) await expect.poll(() => listed.textContent()).toBe(`All ${validation.length}`);
    else await page.getByRole('heading', { name: 'No matching pictures' }).waitFor();
    await app.call('labels.undo');
    await show.getByRole('button', { name: /^All/ }).click();
    await expect.poll(() => listed.textContent()).toBe(`All ${2 * EACH}`);
  });
});

describe('suggestions by a run', () => {
  it('are what it predicts, with its accuracy on its validation pictures', async () => {
    await page.getByLabel('Suggestions by').selectOption({ label: 'Run 1' });
    const { summary } = await until((state) => state.summary?.by === 'r1');
    expect(summary!.suggested[0] + summary!.suggested[1]).toBe(2 * (EACH - LABELLED));
    await panel()
      .getByText(/^Accuracy \d+\.\d% \(\d+% to \d+%\) of \d+ validation pictures?$/)
      .waitFor();
    const list = await app.call('suggestions.list');
    const [first] = list.ids;
    const [row] = await app.call('pictures.rows', { ids: [first!] });
    const one = list.probabilities[0]!;
    const prediction = await app.call('predict.start', { run: 'r1', paths: [row!.path] });
    expect(one).toBeCloseTo(prediction.pictures[0]!.probability!, 4);
    await page.getByLabel('Sort by').selectOption({ label: 'By suggested class' });
    await expect.poll(() => page.getByRole('option', { name: /suggested:/ }).count()).toBeGreaterThan(10);
    await app.screenshots('run-predictions', [
      [1280, 800],
      [1024, 640],
    ]);
  });

  it('stay its predictions while labels are given, and after a restart', async () => {
    const before = await app.call('suggestions.list');
    const [id] = before.ids;
    await app.call('labels.set', { ids: [id!], label: 0, source: 'cli' });
    await expect
      .poll(async () => (await app.call('suggestions.list')).ids.length)
      .toBe(before.ids.length - 1);
    await app.call('labels.undo');
    await app.close();
    await launch([project]);
    await until((state) => state.summary?.by === 'r1');
    expect(await page.getByLabel('Suggestions by').inputValue()).toBe('r1');
  });

  it('end with the run, and follow the labels again', async () => {
    await app.call('runs.delete', { run: 'r1' });
    await until((state) => state.summary !== null && state.summary.by === null);
  });
});
