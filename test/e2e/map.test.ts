import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';

const NAMES = ['animals', 'food'] as const;
const EACH = 30;

let home: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-map-'));
  const pictures = join(home, 'pictures');
  for (const name of NAMES) {
    mkdirSync(join(pictures, name), { recursive: true });
    for (const file of readdirSync(join(SAMPLES, name)).sort().slice(0, EACH)) {
      cpSync(join(SAMPLES, name, file), join(pictures, name, file));
    }
  }
  app = await AppUnderTest.launch({ home, size: [1280, 800], indexes: true });
  page = app.page;
  await app.call('project.create', { folder: join(app.documents, 'meals.twofold') });
  await app.call('import.start', { paths: [pictures] });
});

afterAll(async () => {
  expect(await app.close()).toEqual([]);
  await rm(home, { recursive: true, force: true });
});

const map = () => page.getByRole('application', { name: 'Map' });
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const zoom = async (): Promise<number> => Number(await map().getAttribute('data-zoom'));

/** Colours of the drawn points, most frequent first, as `r g b`. */
async function coloursDrawn(): Promise<string[]> {
  await app.settle();
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role=application] canvas')!;
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const context = copy.getContext('2d')!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const counts = new Map<string, number>();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3]! < 250) continue;
      const key = `${data[at]} ${data[at + 1]} ${data[at + 2]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  });
}

describe('the map', () => {
  it('says how far indexing is, and appears when it is done', async () => {
    await press('Map');
    await page.getByText(/^Indexing \d+ of 60…$/).waitFor();
    await map().waitFor({ timeout: 120_000 });
    await page.getByText(/^axes explain \d+\.\d% and \d+\.\d% of the variance$/).waitFor();
    await app.screenshots('map');
  });

  it('draws every picture in the colour of its class', async () => {
    const classes = await page.evaluate(() =>
      ['--class-0', '--class-1'].map((name) => {
        const probe = document.createElement('i');
        document.body.append(probe);
        probe.style.color = `var(${name})`;
        const found = getComputedStyle(probe).color.match(/\d+/g)!.join(' ');
        probe.remove();
        return found;
      }),
    );
    expect((await coloursDrawn()).slice(0, 2).sort()).toEqual(classes.sort());
  });
});
