import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { dropFiles, goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The Try screen, on a run that was really trained. One app; the tests follow each other. */

let app: AppUnderTest;
let pictures: string;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  ({ pictures } = await openSample(app));
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const options = () => main().getByRole('listbox').getByRole('option');
const ended = () => main().getByRole('progressbar').waitFor({ state: 'detached' });

test('without a trained run it links to Train', async () => {
  await goTo(app, 'Try');
  await main().getByText('Nothing to try with yet').waitFor();
  await button('Go to Train').click();
  await main().getByRole('tab', { name: 'Recipe' }).waitFor();
});

test('the sample offers its unseen pictures, which it was not trained on', async () => {
  await trainSmall(app, { ...SMALL_RECIPE, augmentation: { ...SMALL_RECIPE.augmentation, enabled: false } });
  await goTo(app, 'Try');
  const unseen = main().getByRole('group', { name: 'Unseen pictures' });
  const offered = () => unseen.locator('.picture');
  await offered().first().waitFor();
  const names = await app.page.evaluate<string[]>(
    `[...document.querySelectorAll('main .picture')].map((one) => one.getAttribute('aria-label'))`,
  );
  expect(names).toEqual(['grinning-cat.png', 'jamaica.png', 'nerd-face.png']);
  const widths = await app.page.evaluate<number[]>(
    `Promise.all([...document.querySelectorAll('main .picture img')].map(async (image) => {
      await image.decode();
      return image.naturalWidth;
    }))`,
  );
  expect(Math.min(...widths)).toBeGreaterThan(0);
  await app.screenshots('try-unseen');
  await unseen.getByRole('button', { name: 'jamaica.png' }).click();
  await options().first().waitFor();
  await ended();
  await unseen.getByRole('button', { name: 'Try the rest' }).click();
  await expect.poll(() => options().count()).toBe(3);
  await ended();
  expect(await unseen.getByRole('button', { name: 'Try the rest' }).isDisabled()).toBe(true);
  await unseen.getByRole('button', { name: 'nerd-face.png' }).click();
  await main()
    .getByRole('option', { name: /nerd-face\.png/, selected: true })
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-unseen-tried');
  const rows = await app.call('pictures.rows', { ids: [...(await app.call('pictures.ids', {}))] });
  expect(rows.filter(({ name }) => names.includes(name))).toEqual([]);
  await button('Clear').click();
});

test('a dropped picture gets a predicted class and probability', async () => {
  await main().getByText('Drop a picture here').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-empty');
  await dropFiles(app, [join(pictures, 'flags', 'ecuador.png')], 'main');
  await options().first().waitFor();
  await ended();
  expect(await options().first().innerText()).toMatch(
    /ecuador\.png\s+(flags|smileys)\s+P\(smileys\s*\)\s\d+\.\d%/,
  );
  // It was tried, not imported.
  expect((await app.call('pictures.counts')).total).toBe(252);
  const shown = await app.page.evaluate<number[]>(
    `Promise.all([...document.querySelectorAll('main .columns img')].map(async (image) => {
      await image.decode();
      return image.naturalWidth;
    }))`,
  );
  expect(shown).toHaveLength(2);
  expect(Math.min(...shown)).toBeGreaterThan(0);
});

test('a picture from the clipboard is tried as well', async () => {
  const shown = await main().getByRole('complementary').getByRole('img').boundingBox();
  const place = { x: Math.round(shown!.x + shown!.width / 2), y: Math.round(shown!.y + shown!.height / 2) };
  await app.electron.evaluate(async ({ BrowserWindow }, { x, y }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    webContents.copyImageAt(x, y);
    await new Promise((resolve) => setTimeout(resolve, 500));
    webContents.paste();
  }, place);
  await main()
    .getByRole('option', { name: /pasted-1\.png/ })
    .waitFor();
  await ended();
});

test('a folder is tried with a progress bar, and unreadable files are listed with the reason', async () => {
  const broken = join(app.documents, 'broken.png');
  await writeFile(broken, (await readFile(join(pictures, 'smileys', 'skull.png'))).subarray(0, 400));
  await app.answerDialog([join(pictures, 'smileys'), broken]);
  await button('Folder…').click();
  await ended();
  await main().getByText('128 pictures').waitFor();
  // Only what is in sight exists.
  expect(await options().count()).toBeLessThan(40);
  await button(/^Probability/).click();
  const list = main().getByRole('listbox');
  await list.focus();
  await app.page.keyboard.press('End');
  const last = main().getByRole('option', { name: /broken\.png/ });
  await last.waitFor();
  expect(await last.getAttribute('aria-selected')).toBe('true');
  expect(await last.innerText()).not.toMatch(/Error|undefined|stack/);
  await main().getByRole('complementary').getByText(broken).waitFor();
  expect(await app.accessibility()).toEqual([]);
});

test('predictions can be sorted by probability, descending and ascending', async () => {
  const percents = async () =>
    (await options().allInnerTexts())
      .map((text) => /P\(smileys\s*\)\s(\d+\.\d)%/.exec(text))
      .filter((match) => match !== null)
      .map(([, percent]) => Number(percent));
  const list = main().getByRole('listbox');
  await list.focus();
  await app.page.keyboard.press('Home');
  await app.settle();
  const falling = await percents();
  expect(falling.length).toBeGreaterThan(8);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
  await button(/^Probability/).click();
  await list.focus();
  await app.page.keyboard.press('Home');
  await app.settle();
  const rising = await percents();
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
});

test('the threshold determines predicted classes, and is remembered', async () => {
  const threshold = main().getByRole('slider');
  await threshold.focus();
  await app.page.keyboard.press('End');
  await main().getByText('Threshold: smileys above 100%').waitFor();
  await main().getByText('127 flags, 0 smileys').waitFor();
  await app.page.keyboard.press('Home');
  await main().getByText('0 flags, 127 smileys').waitFor();
  await threshold.fill('0.3');
  await expect.poll(async () => (await app.call('project.current'))?.settings.threshold).toBe(0.3);
});

test('predictions are saved as CSV', async () => {
  const path = join(app.documents, 'answers.csv');
  await app.answerDialog([path]);
  await button('Save as CSV…').click();
  await app.page.getByText(`Saved to ${path}`).waitFor();
  const rows = parse(await readFile(path), { columns: true });
  expect(rows).toHaveLength(128);
  for (const { label, probability, error } of rows as Record<string, string>[]) {
    if (error !== '') expect(probability).toBe('');
    else expect(label).toBe(Number(probability) > 0.3 ? 'smileys' : 'flags');
  }
  await app.screenshots('try-full');
});

test('more pictures are refused while a list is tried, and the list continues', async () => {
  await button('Clear').click();
  await app.answerDialog([pictures]);
  await button('Choose a folder…').click();
  await main().getByRole('progressbar').waitFor();
  await dropFiles(app, [join(pictures, 'flags', 'ecuador.png')], 'main');
  await app.page.getByRole('alert').getByText('Pictures are being tried.').waitFor();
  expect(await main().getByRole('progressbar').count()).toBe(1);
  await app.page.getByRole('alert').getByRole('button', { name: 'Dismiss', exact: true }).click();
  await ended();
  await main().getByText('252 pictures').waitFor();
});

test('a reloaded window shows the pictures being tried, and all of them in the end', async () => {
  await button('Clear').click();
  await app.answerDialog([pictures]);
  await button('Choose a folder…').click();
  await main().getByRole('progressbar').waitFor();
  await app.page.reload();
  await goTo(app, 'Try');
  await main().getByRole('progressbar').waitFor();
  await ended();
  await main().getByText('252 pictures').waitFor();
  expect(await app.page.getByRole('alert').count()).toBe(0);
});

test('predictions stay those of their run, even if another run ends meanwhile', async () => {
  const asked = await main().getByLabel('Run').inputValue();
  const newer = await trainSmall(app, { ...SMALL_RECIPE, epochs: 1 });
  await main().getByLabel('Run').getByText('Run 2').waitFor({ state: 'attached' });
  expect(await main().getByLabel('Run').inputValue()).toBe(asked);
  await app.page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await button('Clear').click();
  await main().getByText('Drop a picture here').waitFor();
  // The newer run is taken up when the person comes back, not under their eyes.
  await goTo(app, 'Library');
  await goTo(app, 'Try');
  await app.answerDialog([join(pictures, 'smileys', 'skull.png')]);
  await button('Choose pictures…').click();
  await options().first().waitFor();
  await ended();
  expect(await main().getByLabel('Run').inputValue()).toBe(newer.id);
});

test('a long list can be cancelled', async () => {
  await button('Clear').click();
  await main().getByText('Drop a picture here').waitFor();
  await app.answerDialog([pictures]);
  await button('Choose a folder…').click();
  await button('Cancel').click();
  await ended();
  expect(await options().count()).toBeLessThan(252);
  expect(await app.page.getByRole('alert').count()).toBe(0);
});

test('only files that were tried can be shown', async () => {
  const shows = (name: string) =>
    app.page.evaluate<boolean>(
      `new Promise((done) => {
        const image = new Image();
        image.onload = () => done(true);
        image.onerror = () => done(false);
        image.src = 'app://twofold/tried/${name}?size=full';
      })`,
    );
  const before = app.complaints.length;
  const picture = join(pictures, 'smileys', 'skull.png');
  const run = (await app.call('runs.list'))[0]!.id;
  const { pictures: tried } = await app.call('predict.start', { run, paths: [picture] });
  expect(await shows(tried[0]!.token)).toBe(true);
  expect(await shows('00000000-0000-0000-0000-000000000000')).toBe(false);
  expect(await shows(encodeURIComponent(picture))).toBe(false);
  // Chromium says of each of the two that it was refused.
  const refused = app.complaints.splice(before);
  expect(refused.every((line) => line.includes('404'))).toBe(true);
});

test('another project offers no unseen pictures', async () => {
  expect(await app.call('predict.examples')).toHaveLength(3);
  await app.call('project.create', { folder: join(app.documents, 'other.twofold') });
  expect(await app.call('predict.examples')).toEqual([]);
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
