import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharp } from '../../main/pictures/sharp.ts';
import { formatSigned } from '../../shared/format.ts';
import type { HeatMap } from '../../shared/heat-map.ts';
import { done, UNSEEN } from '../kit/cli.ts';
import { holdAnswers, noteCalls } from '../kit/window/answers.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { printPage } from '../kit/window/print.ts';
import { dropFiles, goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** Heat maps in Review and Try, of a run that was really trained. One app; the tests follow each other. */

let app: AppUnderTest;
let run: string;
let folder: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  ({ id: run } = await trainSmall(app, { ...SMALL_RECIPE, epochs: 2 }));
  ({ folder } = (await app.call('project.current'))!);
  await goTo(app, 'Review');
  await rows().first().waitFor();
  await main().getByRole('button', { name: 'All', exact: true }).click();
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const aside = () => app.page.getByRole('complementary', { name: 'The selected picture' });
const rows = () => main().getByRole('listbox').getByRole('option');
const list = () => main().getByRole('listbox');
const toggle = () => aside().getByRole('button', { name: 'Heat map' });
const opacity = () => aside().getByRole('slider', { name: 'Opacity of the heat map' });
const selectedId = async (): Promise<number> =>
  Number((await list().getAttribute('aria-activedescendant'))!.replace('review-', ''));
const mapOf = async (id: number): Promise<HeatMap> =>
  (await app.call('heatmaps.of', { run, picture: { id } }))!;
const legendOf = ({ logit, bias }: HeatMap): string =>
  `Exact sum: cells ${formatSigned(logit - bias)} + constant part ${formatSigned(bias)} = logit ${formatSigned(logit)}. Colours are scaled to the strongest cell of each picture.`;

/** Size of the drawn map, and the colour at a point of it, 0..1 right and down. */
function drawn(within: string, right = 0, down = 0) {
  return app.page.evaluate<{ width: number; height: number; rgba: number[] }>(`(() => {
    const canvas = document.querySelector('${within} canvas');
    const { width, height } = canvas;
    const at = [Math.floor(${right} * width), Math.floor(${down} * height)];
    return { width, height, rgba: [...canvas.getContext('2d').getImageData(...at, 1, 1).data] };
  })()`);
}

/** Strongest cell of a map: its index, and where its middle is. */
function strongest({ cells, columns, centres }: HeatMap) {
  const cell = cells.indexOf(
    cells.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best)),
  );
  return { value: cells[cell]!, right: centres[cell % columns]!, down: centres[Math.floor(cell / columns)]! };
}

test('H shows the map, in the colours of the classes, with the values of the command line', async () => {
  await list().focus();
  expect(await aside().locator('canvas').count()).toBe(0);
  expect(await opacity().count()).toBe(0);
  await app.page.keyboard.press('h');
  await aside().locator('canvas').waitFor();
  expect(await toggle().getAttribute('aria-pressed')).toBe('true');
  const id = await selectedId();
  const map = await mapOf(id);
  await aside().getByText(legendOf(map)).waitFor();
  await aside()
    .getByText(/Strongest evidence for (flags|smileys): /)
    .first()
    .waitFor();
  await aside().getByText('flags (−)').waitFor();
  await aside().getByText('smileys (+)').waitFor();
  const [{ path } = { path: '' }] = await app.call('pictures.rows', { ids: [id] });
  const cli = await done('heatmap', folder, path, '--out', join(app.home, 'map.png'));
  const { cells, ...figures } = map;
  expect(cli).toMatchObject({ method: 'exact', rows: figures.rows, columns: figures.columns });
  expect(cli.bias).toBeCloseTo(figures.bias, 4);
  // The window reads cached features, in half floats; the command line computes those of the file.
  expect(Math.abs((cli.logit as number) - figures.logit)).toBeLessThan(2e-3);
  (cli.cells as number[]).forEach((cell, index) => expect(Math.abs(cells[index]! - cell)).toBeLessThan(1e-3));
  expect(Math.abs(cells.reduce((sum, cell) => sum + cell, figures.bias) - figures.logit)).toBeLessThan(1e-4);
  const { value, right, down } = strongest(map);
  const { rgba } = await drawn('aside', right, down);
  const colour = (await app.call('project.current'))!.classes[value > 0 ? 1 : 0].color;
  const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  wanted.forEach((channel, index) => expect(Math.abs(rgba[index]! - channel)).toBeLessThan(3));
  expect(rgba[3]).toBeGreaterThan(240);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('heat-map-review');
  await app.resize(1280, 800);
});

test('passing pictures quickly asks for the last one only, whose map is shown', async () => {
  await app.page.keyboard.press('Home');
  const letGo = await holdAnswers(app, 'heatmaps.of');
  const callsSince = await noteCalls(app);
  for (let step = 0; step < 6; step++) await app.page.keyboard.press('ArrowDown');
  await expect.poll(() => aside().locator('canvas').count()).toBe(0);
  const id = await selectedId();
  // Ends the noting, which came after the holding.
  const during = (await callsSince()).filter(({ name }) => name === 'heatmaps.of');
  expect(during.length).toBeLessThanOrEqual(1);
  await letGo();
  await aside().locator('canvas').waitFor();
  await aside()
    .getByText(legendOf(await mapOf(id)))
    .waitFor();
  expect(await selectedId()).toBe(id);
});

test('the enlarged picture has it too, zoomed with the picture, and moves on by keys', async () => {
  await app.page.keyboard.press('Enter');
  const dialog = app.page.getByRole('dialog');
  await dialog.locator('canvas').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('heat-map-large');
  await app.resize(1280, 800);
  await app.page.keyboard.press('+');
  await app.page.keyboard.press('+');
  await app.settle();
  const [picture, layer] = await Promise.all([
    dialog.getByRole('img').boundingBox(),
    dialog.locator('canvas').boundingBox(),
  ]);
  expect(layer).toEqual(picture);
  expect(picture!.width).toBeGreaterThan((await dialog.boundingBox())!.width);
  const before = await dialog.getAttribute('aria-label');
  await app.page.keyboard.press('ArrowUp');
  await expect.poll(() => dialog.getAttribute('aria-label')).not.toBe(before);
  await dialog.locator('canvas').waitFor();
  await app.page.keyboard.press('h');
  await dialog.locator('canvas').waitFor({ state: 'detached' });
  await app.page.keyboard.press('h');
  await dialog.locator('canvas').waitFor();
  await app.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('the menu of a picture shows and hides it', async () => {
  await list().focus();
  await app.page.keyboard.press('Shift+F10');
  await app.page.getByRole('menuitem', { name: 'Heat map' }).click();
  await aside().locator('canvas').waitFor({ state: 'detached' });
  expect(await toggle().getAttribute('aria-pressed')).toBe('false');
  await toggle().click();
  await aside().locator('canvas').waitFor();
});

test('opacity and whether it is shown are remembered', async () => {
  await opacity().focus();
  await app.page.keyboard.press('End');
  await expect
    .poll(async () => (await app.call('system.settings')).heatMap)
    .toEqual({ shown: true, opacity: 1 });
  expect(await aside().locator('canvas').getAttribute('style')).toBe('opacity: 1;');
  await app.page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await app.call('system.settings')).heatMap.opacity).toBeCloseTo(0.95);
  await app.page.reload();
  await goTo(app, 'Review');
  await aside().locator('canvas').waitFor();
  expect(await opacity().inputValue()).toBe('0.95');
});

test('Review saves the report, in which the most wrong pictures have theirs', async () => {
  const out = join(app.home, 'report.html');
  await app.answerDialog([out]);
  await main().getByRole('button', { name: 'Save report' }).click();
  await main().getByRole('progressbar', { name: 'Saving the report' }).waitFor();
  await main().getByRole('button', { name: 'Cancel' }).click();
  await main().getByRole('button', { name: 'Save report' }).waitFor();
  expect(existsSync(out)).toBe(false);
  await app.answerDialog([out]);
  await main().getByRole('button', { name: 'Save report' }).click();
  await app.page.getByText(`Saved to ${out}`).waitFor();
  expect(await readFile(out, 'utf8')).toContain('alt="Heat map, strongest evidence for ');
  const { pages, sheets, tooWide } = await printPage(app, out);
  expect(tooWide).toBe(0);
  expect(pages).toBeGreaterThanOrEqual(Math.ceil(sheets));
  // Tables and figures are not divided, so that each page may end early; none is blank.
  expect(pages).toBeLessThanOrEqual(Math.ceil(1.5 * sheets));
});

test('Try shows it for files, turned as the file says', async () => {
  const turned = join(app.home, 'turned.jpg');
  const upright = await sharp(await readFile(join(UNSEEN, 'jamaica.png')))
    .flatten({ background: '#fff' })
    .resize(200, 120, { fit: 'fill' })
    .toBuffer();
  await writeFile(turned, await sharp(upright).jpeg().withMetadata({ orientation: 6 }).toBuffer());
  await goTo(app, 'Try');
  await dropFiles(app, [turned], 'main');
  await aside().locator('canvas').waitFor();
  const { width, height } = await drawn('aside');
  expect(width / height).toBeCloseTo(120 / 200, 1);
  const cli = await done('heatmap', folder, turned, '--out', join(app.home, 'map.png'));
  await aside()
    .getByText(legendOf(cli as unknown as HeatMap))
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('heat-map-try');
  await app.resize(1280, 800);
});

test('a file that is gone is said in a sentence', async () => {
  const gone = join(app.home, 'gone.png');
  await writeFile(gone, await readFile(join(UNSEEN, 'nerd-face.png')));
  await toggle().click();
  await dropFiles(app, [gone], 'main');
  await rows().nth(1).waitFor();
  await rows().filter({ hasText: 'gone.png' }).click();
  await rm(gone);
  await app.page.keyboard.press('h');
  await aside().getByText('There is no file at this path.').waitFor();
  await rows().filter({ hasText: 'turned.jpg' }).click();
  await aside().locator('canvas').waitFor();
});
