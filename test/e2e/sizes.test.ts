import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { CLASS_NAMES, layoutFaults, WINDOW_SIZES } from '../kit/window/layout.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/**
 * Every place in small windows, with class names of 3, 13 and 35 letters and long names of files and runs: nothing scrolls
 * sideways, leaves its place, or is cut without a tooltip. One app; the tests follow each other.
 */

let app: AppUnderTest;
const LONG = 'a photograph of the northern lapwing taken at the lake early in the morning of 1 May 2026.png';

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  const { pictures } = await openSample(app);
  const more = join(app.documents, 'pictures from the nature reserve at the lake, spring of 2026');
  await mkdir(join(more, 'smileys'), { recursive: true });
  await copyFile(join(pictures, 'flags', 'ecuador.png'), join(more, 'smileys', LONG));
  await app.call('import.start', { paths: [more] });
  const augmentation = { ...SMALL_RECIPE.augmentation, enabled: false };
  for (const epochs of [1, 2]) await trainSmall(app, { ...SMALL_RECIPE, epochs, augmentation });
  await app.call('runs.rename', { run: 'r1', name: 'Small head on mixed0 without augmentation, one epoch' });
}, 180_000);
afterAll(() => app.close());

const main = () => app.page.getByRole('main');
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const options = () => main().getByRole('listbox').getByRole('option');

test('the page is never smaller than the smallest size that is looked at', async () => {
  const least = await app.electron.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0]!;
    const [size, page, minimum] = [window.getSize(), window.getContentSize(), window.getMinimumSize()];
    return minimum.map((length, axis) => length - (size[axis]! - page[axis]!));
  });
  expect(least).toEqual(WINDOW_SIZES[0]);
});

for (const names of CLASS_NAMES) {
  test(`class names of ${names[0].length} letters`, async () => {
    const { classes } = (await app.call('project.current'))!;
    await app.call('project.setClasses', {
      classes: [
        { ...classes[0], name: names[0] },
        { ...classes[1], name: names[1] },
      ],
    });
    const found: string[] = [];
    const look = async (what: string, prepare?: () => Promise<unknown>): Promise<void> => {
      found.push(...(await layoutFaults(app, prepare)).map((fault) => `${what} ${fault}`));
      if (names === CLASS_NAMES[2]) await app.screenshots(`sizes-${what.replace(/\W+/g, '-')}`, WINDOW_SIZES);
    };

    const enlarged = async (what: string): Promise<void> => {
      await options().first().dblclick();
      await app.page.getByRole('dialog').waitFor();
      await look(what);
      await app.page.keyboard.press('Escape');
      await app.page.getByRole('dialog').waitFor({ state: 'detached' });
    };

    await goTo(app, 'Library');
    await options().first().waitFor();
    await options().first().click();
    await look('Library');
    await look('Library, renaming', async () => {
      await app.page.keyboard.press('Escape');
      await button(`Rename ${names[0]}`).click();
      await main().getByRole('textbox', { name: 'Name of class 1' }).waitFor();
    });
    await app.page.keyboard.press('Escape');
    await options().first().dblclick();
    await main().getByRole('region', { name: 'One large picture' }).waitFor();
    await look('Library, large');
    await app.page.keyboard.press('Escape');
    await main().getByRole('listbox').waitFor();
    const show = main().getByRole('region', { name: 'Show', exact: true });
    await show.getByRole('button', { name: names[0] }).click();
    await options().first().click();
    await app.page.keyboard.press('2');
    await button(/^Refresh: 1 changed, hidden on refresh$/).waitFor();
    await look('Library, outdated');
    await app.page.keyboard.press('z');
    await show.getByRole('button', { name: /^All/ }).click();

    await goTo(app, 'Train');
    await app.page.getByRole('tab', { name: 'Recipe' }).click();
    await look('Recipe');
    const advanced = app.page.locator('details').filter({ hasText: 'Advanced' });
    await advanced.locator('summary').click();
    await app.page.getByLabel('Base weights', { exact: true }).scrollIntoViewIfNeeded();
    await look('Recipe, Advanced');
    await advanced.locator('summary').click();
    await button('Repeat…').click();
    await app.page.getByRole('dialog', { name: 'Repeat training' }).waitFor();
    await look('Repeat training');
    await app.page.keyboard.press('Escape');
    await app.page.getByRole('tab', { name: 'Runs' }).click();
    await look('Runs');
    await app.page.getByRole('checkbox', { name: /^Compare Small head/ }).check();
    await main().getByRole('region', { name: 'Compared runs' }).waitFor();
    await look('Runs, compared', () =>
      main().getByRole('region', { name: 'Compared runs' }).scrollIntoViewIfNeeded(),
    );
    await app.page.getByRole('checkbox', { name: /^Compare Small head/ }).uncheck();

    await goTo(app, 'Review');
    await button('All').click();
    await options().first().waitFor();
    await main().getByRole('listbox').focus();
    await app.page.keyboard.press('Home');
    await look('Review');
    await main().getByRole('table').first().getByRole('button').first().click();
    await look('Review, a cell');
    for (const title of ['Overfitting gap', 'Calibration', 'Unsure answers']) {
      const section = main().getByRole('heading', { name: title, exact: true });
      await section.click();
      await section.scrollIntoViewIfNeeded();
      await look(`Review, ${title}`);
      await section.click();
    }
    await enlarged('Review, enlarged');

    await goTo(app, 'Try');
    if ((await options().count()) === 0) {
      await app.answerDialog([
        join(app.documents, 'pictures from the nature reserve at the lake, spring of 2026'),
      ]);
      await button('Choose a folder…').click();
    }
    await options().first().click();
    await main().getByRole('progressbar').waitFor({ state: 'detached' });
    await look('Try');
    await enlarged('Try, enlarged');

    await goTo(app, 'Export');
    await main().getByRole('radio').first().waitFor();
    await look('Export');
    expect(found).toEqual([]);
  }, 240_000);
}

test('Welcome, with a project of a long name', async () => {
  await app.call('project.create', { folder: join(app.documents, LONG.slice(0, -4)) });
  await app.call('project.close');
  await main().getByRole('region', { name: 'Recent projects' }).waitFor();
  expect(await layoutFaults(app)).toEqual([]);
  await app.screenshots('sizes-Welcome', WINDOW_SIZES);
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
