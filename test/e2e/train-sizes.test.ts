import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_CLASSES } from '../../shared/library/classes.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** Train and Export with short and long class names in small windows: nothing leaves its place, nothing scrolls sideways. */

let app: AppUnderTest;
const SIZES: [number, number][] = [
  [800, 560],
  [1024, 640],
  [1280, 800],
];
const NAMES: [string, string][] = [
  ['cat', 'dog'],
  ['not scratched', 'scratched red'],
  ['photographs of the northern lapwing', 'photographs of the southern lapwing'],
];

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  const augmentation = { ...SMALL_RECIPE.augmentation, enabled: false };
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 2, augmentation });
}, 180_000);
afterAll(() => app.close());

/** What scrolls sideways, buttons and fields that the window or a panel cuts off at a side, and columns that overlap. */
const outside = (): Promise<string[]> =>
  app.page.evaluate<string[]>(`{
    const found = [];
    const name = (element) => element.tagName + '.' + element.className + ' ' + element.textContent.trim().slice(0, 40);
    for (const element of document.querySelectorAll('body, body *')) {
      const { overflowX, position } = getComputedStyle(element);
      if (element.scrollWidth > element.clientWidth + 1 && ['auto', 'scroll'].includes(overflowX)) {
        found.push('scrolls sideways: ' + name(element));
      }
      if (position === 'absolute' || !element.matches('main button, main input, main select, main h1, main h2')) continue;
      const box = element.getBoundingClientRect();
      for (let panel = element.parentElement; panel && box.width > 0; panel = panel.parentElement) {
        const edge = panel.getBoundingClientRect();
        if (getComputedStyle(panel).overflowX === 'visible') continue;
        if (box.right > edge.right + 1 || box.left < edge.left - 1) found.push('cut off: ' + name(element));
      }
    }
    for (const part of document.querySelectorAll('[role="tabpanel"] > *')) {
      const isOpen = getComputedStyle(part).overflowY === 'visible';
      if (isOpen && part.scrollHeight > part.clientHeight + 1) found.push('covers what follows: ' + name(part));
    }
    [...new Set(found)];
  }`);

for (const names of NAMES) {
  test(`class names of ${names[0].length} letters`, async () => {
    const classes = [0, 1].map((index) => ({ ...DEFAULT_CLASSES[index]!, name: names[index]! }));
    await app.call('project.setClasses', { classes: [classes[0]!, classes[1]!] });
    const found: string[] = [];
    const look = async (place: string): Promise<void> => {
      for (const [width, height] of SIZES) {
        await app.resize(width, height);
        await app.settle();
        found.push(...(await outside()).map((fault) => `${place} at ${width} × ${height}: ${fault}`));
      }
      if (names === NAMES[2]) await app.screenshots(`sizes-${place}`, SIZES);
    };
    await goTo(app, 'Train');
    await app.page.getByRole('tab', { name: 'Recipe' }).click();
    await look('Recipe');
    const advanced = app.page.locator('details').filter({ hasText: 'Advanced' });
    await advanced.locator('summary').click();
    await app.page.getByLabel('Base weights', { exact: true }).scrollIntoViewIfNeeded();
    await look('Advanced');
    await advanced.locator('summary').click();
    await app.page.getByRole('tab', { name: 'Runs' }).click();
    await look('Runs');
    await goTo(app, 'Export');
    await look('Export');
    expect(found).toEqual([]);
  }, 180_000);
}

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
