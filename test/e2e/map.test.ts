import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROPERTY_CONSEQUENCE, propertySentence } from '../../shared/properties.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { layoutFaults } from '../kit/window/layout.ts';
import { goTo } from '../kit/window/sample.ts';

const NAMES = ['flags', 'smileys'] as const;
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

/** Drags through these places of the map, 0..1 from its top left. */
async function lasso(...corners: readonly (readonly [number, number])[]): Promise<void> {
  const box = (await map().boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(corners[0]!));
  await page.mouse.down();
  for (const corner of corners.slice(1)) await page.mouse.move(...at(corner), { steps: 4 });
  await page.mouse.up();
}

/** Colours of the drawn points, most frequent first, as `r g b`. */
async function coloursDrawn(): Promise<string[]> {
  await app.settle();
  return page.evaluate<string[]>(`(() => {
    const canvas = document.querySelector('[role=application] canvas');
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const context = copy.getContext('2d');
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 250) continue;
      const key = data[at] + ' ' + data[at + 1] + ' ' + data[at + 2];
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  })()`);
}

/** The two class colours of the theme, in the same form. */
const classColours = (): Promise<string[]> =>
  page.evaluate<string[]>(`['--class-0', '--class-1'].map((name) => {
    const probe = document.createElement('i');
    document.body.append(probe);
    probe.style.color = 'var(' + name + ')';
    const found = getComputedStyle(probe).color.match(/\\d+/g).join(' ');
    probe.remove();
    return found;
  })`);

describe('the map', () => {
  it('says how far indexing is, and appears when it is done', async () => {
    await press('Map');
    await page.getByText(/^Indexing \d+ of 60…$/).waitFor();
    await map().waitFor({ timeout: 120_000 });
    await page.getByText(/^axes explain \d+\.\d% and \d+\.\d% of the variance$/).waitFor();
    await app.screenshots('map');
  });

  it('draws every picture in the colour of its class', async () => {
    expect((await coloursDrawn()).slice(0, 2).sort()).toEqual((await classColours()).sort());
  });

  it('is selected on by a lasso, whose pictures a key labels', async () => {
    await lasso([0.02, 0.02], [0.98, 0.02], [0.98, 0.98], [0.02, 0.98]);
    await page.getByText('. 60 selected.').waitFor({ state: 'attached' });
    await page.keyboard.press('1');
    await page.getByText('. 0 selected.').waitFor({ state: 'attached' });
    expect((await app.call('pictures.counts')).classes).toEqual([60, 0]);
    await expect.poll(async () => (await coloursDrawn())[0]).toBe((await classColours())[0]);
    await page.keyboard.press('z');
    await expect.poll(async () => (await app.call('pictures.counts')).classes).toEqual([30, 30]);
  });

  it('shows what was selected in the grid, as a filter that lasts until it is cleared', async () => {
    const show = page.getByRole('region', { name: 'Show', exact: true });
    const chosen = show.getByRole('button', { name: /^Selected on the map/ });
    // Labelling ended the selection, and still one can look at what was labelled.
    await show.getByRole('button', { name: 'Selected on the map 60' }).waitFor();
    await map().focus();
    await page.keyboard.press('Escape');
    await chosen.waitFor({ state: 'detached' });
    await lasso([0.02, 0.02], [0.5, 0.02], [0.5, 0.98], [0.02, 0.98]);
    const text = await page.getByText(/^Select \d+$/).textContent();
    const count = Number(/\d+/.exec(text!)![0]);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(60);
    await map().focus();
    await page.keyboard.press('Shift+Enter');
    const grid = page.getByRole('listbox');
    await grid.waitFor();
    const listed = page.getByRole('button', { name: /^Select all \d+$/ });
    const shown = async (): Promise<number> => Number(/\d+/.exec((await listed.textContent())!)![0]);
    await expect.poll(shown).toBe(count);
    // They stay selected, so that a key can label them.
    await page.getByText(`Select ${count}`, { exact: true }).waitFor();
    expect(await chosen.textContent()).toContain(String(count));
    await app.screenshots('map-selected');
    // Other filters and the map in between.
    await show.getByRole('button', { name: /^All/ }).click();
    await expect.poll(shown).toBe(60);
    await press('Map');
    await map().waitFor();
    await chosen.click();
    await press('Grid');
    await expect.poll(shown).toBe(count);
    // A removed picture is not counted; it comes back with it.
    await grid.getByRole('option').first().click();
    await page.keyboard.press('Delete');
    await show.getByRole('button', { name: `Selected on the map ${count - 1}` }).waitFor();
    await page.keyboard.press('z');
    await show.getByRole('button', { name: `Selected on the map ${count}` }).waitFor();
    await press('Back to the map');
    await map().waitFor();
    await press('Clear what was selected on the map');
    await chosen.waitFor({ state: 'detached' });
    await expect.poll(shown).toBe(60);
  });

  it('makes what the filter leaves out faint, and the lasso passes it by', async () => {
    const show = page.getByRole('region', { name: 'Show', exact: true });
    await show.getByRole('button', { name: /^smileys/ }).click();
    await expect.poll(async () => (await coloursDrawn())[0]).toBe((await classColours())[1]);
    expect(await coloursDrawn()).not.toContain((await classColours())[0]);
    await map().focus();
    await page.keyboard.press('v');
    await page.getByText('. 30 selected.').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await show.getByRole('button', { name: /^All/ }).click();
  });

  it('zooms by wheel and keys until thumbnails appear, and back', async () => {
    const box = (await map().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -600);
    await expect.poll(zoom).toBeCloseTo(4, 1);
    await app.screenshots('map-zoomed');
    await map().focus();
    await page.keyboard.press('+');
    await expect.poll(zoom).toBeCloseTo(6, 1);
    await page.keyboard.press('f');
    await expect.poll(zoom).toBe(1);
  });

  it('is walked by arrow keys: Space selects, Enter opens, Escape comes back', async () => {
    await map().focus();
    const current = page.getByRole('status', { name: 'Current picture' });
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => current.textContent()).toMatch(/^.+\.png, (flags|smileys)$/);
    const first = await current.textContent();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => current.textContent()).not.toBe(first);
    await page.keyboard.press(' ');
    await expect.poll(() => current.textContent()).toMatch(/, selected$/);
    const [name] = (await current.textContent())!.split(',');
    await page.keyboard.press('Enter');
    await map().waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: name! }).or(page.getByText(name!)).first().waitFor();
    await page.keyboard.press('Escape');
    await map().waitFor();
  });

  it('is coloured by likely label errors, with those that were made on purpose', async () => {
    // Near-duplicates are in one fold, once they are known.
    await expect.poll(async () => (await app.call('insight.state')).phase, { timeout: 60_000 }).toBe('done');
    const ids = await app.call('pictures.ids', { filter: { kind: 'class', class: 0 } });
    const flipped = [...ids].slice(0, 4);
    await app.call('labels.set', { ids: flipped, label: 1, source: 'mouse' });
    const { suspects } = await app.call('suspects.quick');
    expect(suspects.filter(({ id }) => flipped.includes(id)).length).toBeGreaterThan(1);
    const likely = suspects.filter(({ isLikely }) => isLikely).length;
    await page.getByLabel('Colour by').selectOption('Likely label errors');
    const legend = async (name: string): Promise<number> => {
      const text = (await page.getByRole('list', { name: 'Legend' }).textContent())!;
      return Number(new RegExp(`${name}\\s*(\\d+)`).exec(text)?.[1]);
    };
    await expect.poll(() => legend('Contradicted'), { timeout: 20_000 }).toBe(suspects.length - likely);
    expect(await legend('Likely wrong')).toBe(likely);
    expect(await legend('Label agrees')).toBe(60 - suspects.length);
    await app.screenshots('map-likely');
    // At rest nothing is read and drawn again and again.
    const frames = await page.evaluate<number>(`new Promise((resolve) => {
      const original = requestAnimationFrame;
      let count = 0;
      globalThis.requestAnimationFrame = (callback) => (count++, original(callback));
      setTimeout(() => { globalThis.requestAnimationFrame = original; resolve(count); }, 1000);
    })`);
    expect(frames).toBeLessThan(10);
    await app.call('labels.set', { ids: flipped, label: 0, source: 'mouse' });
    await page.getByLabel('Colour by').selectOption('Label');
  });

  it('is computed by UMAP on request, which can be cancelled, and is kept', async () => {
    const method = page.getByLabel('Place by');
    await method.selectOption('UMAP');
    await page.getByRole('heading', { name: 'No map by UMAP yet' }).waitFor();
    await page.getByText(/For 60 pictures it takes about \d/).waitFor();
    await app.screenshots('map-umap-none');
    await press('Compute the map');
    await page.getByRole('progressbar', { name: 'Progress of the map' }).waitFor();
    await press('Cancel');
    await page.getByRole('button', { name: 'Compute the map' }).waitFor({ timeout: 30_000 });
    expect(await app.call('map.points', { method: 'umap' })).toBeNull();
    await press('Compute the map');
    await map().waitFor({ timeout: 60_000 });
    await app.screenshots('map-umap');
    const drawn = await app.call('map.points', { method: 'umap' });
    expect(drawn).toMatchObject({ method: 'umap', added: 0, removed: 0 });
    await method.selectOption('PCA');
    await page.getByText(/^axes explain/).waitFor();
    await method.selectOption('UMAP');
    await map().waitFor();
    expect(await page.getByRole('heading', { name: 'No map by UMAP yet' }).count()).toBe(0);
    await method.selectOption('PCA');
    await page.getByText(/^axes explain/).waitFor();
  });

  it('stands beside properties that separate the classes, which Train names before training too', async () => {
    const properties = await app.call('insight.properties');
    expect(properties.length).toBeGreaterThan(0);
    const names = ['flags', 'smileys'] as const;
    const sentence = `${propertySentence(properties[0]!, names)}.`;
    const inLibrary = page.getByText(sentence, { exact: true });
    await inLibrary.waitFor();
    await inLibrary.scrollIntoViewIfNeeded();
    await app.screenshots('properties');
    await goTo(app, 'Train');
    await page.getByText(sentence, { exact: true }).waitFor();
    await page.getByText(PROPERTY_CONSEQUENCE).first().scrollIntoViewIfNeeded();
    await app.screenshots('properties-train');
    expect(await app.accessibility()).toEqual([]);
    await goTo(app, 'Library');
    await map().waitFor();
  });

  it('is accessible', async () => {
    expect(await app.accessibility()).toEqual([]);
    expect(await layoutFaults(app)).toEqual([]);
  });
});
