import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What must hold of every screen and dialog, whatever it is for. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const pictures = () => main().getByRole('listbox').getByRole('option');
const button = (name: string | RegExp) => main().getByRole('button', { name, exact: true });
const escape = () => app.page.keyboard.press('Escape');

/** Elements that Tab should reach, marked with a number each, in the dialog where one is open. */
const MARK = `(() => {
  document.querySelectorAll('[data-walk]').forEach((one) => one.removeAttribute('data-walk'));
  const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
  const all = [...root.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
    (one) => one.tabIndex >= 0 && !one.disabled && !one.closest('[inert]') && one.checkVisibility({ visibilityProperty: true }),
  );
  // Of radio buttons one takes the focus; the arrow keys lead to the others.
  const seen = all.filter((one) => one.type !== 'radio' || one.checked);
  seen.forEach((one, number) => one.setAttribute('data-walk', number));
  return seen.map((one) => one.outerHTML.slice(0, 160));
})()`;

/** The element with the focus: its number, and whether one can see that it has it. */
const FOCUSED = `(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  // A card is outlined in place of the radio button in it.
  const outlined = [one, one.parentElement, one.parentElement.parentElement].map((each) => getComputedStyle(each));
  // A part of a chart that is stretched has a line around it, which is not.
  const stroked = one instanceof SVGElement ? [...one.children].map((each) => getComputedStyle(each)) : [];
  return {
    number: one.getAttribute('data-walk'),
    html: one.outerHTML.slice(0, 160),
    visible:
      outlined.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) ||
      stroked.some(({ stroke, strokeWidth }) => stroke !== 'none' && parseFloat(strokeWidth) >= 1),
  };
})()`;

interface Focused {
  number: string | null;
  html: string;
  visible: boolean;
}

/** Goes round with Tab. @returns what is wrong: controls that it does not reach, and focus that one does not see */
async function walk(): Promise<string[]> {
  const wanted = await app.page.evaluate<string[]>(MARK);
  const reached = new Set<string>();
  const wrong = new Set<string>();
  for (let presses = 0; presses < wanted.length * 2 + 10 && reached.size < wanted.length; presses++) {
    await app.page.keyboard.press('Tab');
    const focused = await app.page.evaluate<Focused | null>(FOCUSED);
    if (focused === null) continue;
    if (focused.number !== null) reached.add(focused.number);
    if (!focused.visible) wrong.add(`can't be seen to have the focus: ${focused.html}`);
  }
  wanted.forEach((html, number) => {
    if (!reached.has(String(number))) wrong.add(`is not reached with Tab: ${html}`);
  });
  return [...wrong];
}

/** Everything that is wrong with what is shown now, in both themes. */
async function faults(): Promise<string[]> {
  const found = await app.accessibility();
  await app.setTheme('dark');
  await app.settle();
  found.push(...(await app.accessibility()).map((fault) => `dark: ${fault}`));
  await app.setTheme('light');
  found.push(...(await walk()));
  const sideways = await app.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  if (sideways > 0) found.push(`is ${sideways} pixels wider than the window`);
  return found;
}

async function look(name: string): Promise<void> {
  expect(await faults()).toEqual([]);
  await app.screenshots(name);
  await app.resize(1280, 800);
  await app.settle();
}

test('the start screen', async () => {
  await look('welcome');
});

test('the five places while empty', async () => {
  await app.call('project.create', { folder: join(app.documents, 'empty.twofold') });
  for (const [place, text] of [
    ['Library', 'No pictures yet'],
    ['Train', 'Label some pictures of each class first'],
    ['Review', 'Nothing to review yet'],
    ['Try', 'Nothing to try with yet'],
    ['Export', 'Nothing to export yet'],
  ] as const) {
    await goTo(app, place);
    await main().getByText(text).first().waitFor();
    await look(`${place.toLowerCase()}-empty`);
  }
  await goTo(app, 'Train');
  await app.page.getByRole('tab', { name: /^Runs/ }).click();
  await main().getByText('No runs yet').waitFor();
  await look('train-runs-empty');
});

test('the library, its menu, its large picture and its dialogs', async () => {
  await openSample(app);
  await goTo(app, 'Library');
  await pictures().first().waitFor();
  await look('library-sample');
  await button('Import').click();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await pictures().first().dblclick();
  await main().getByRole('region', { name: 'One large picture' }).waitFor();
  await look('library-large');
  await escape();
  await button('View options').click();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await pictures().first().click({ button: 'right' });
  await app.page.getByRole('menu').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await escape();
  await app.page.keyboard.press('?');
  await app.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await faults()).toEqual([]);
  await escape();
  await app.clickMenu('about');
  await app.page.getByRole('dialog', { name: /^Twofold/ }).waitFor();
  expect(await faults()).toEqual([]);
  await escape();
});

test('Train: the recipe, the summary, a run under way, one that is done, and the question before it is deleted', async () => {
  await goTo(app, 'Train');
  await button('Summary…').waitFor();
  await look('train-recipe');
  await button('Summary…').click();
  await app.page.getByRole('dialog', { name: 'Model summary' }).waitFor();
  expect(await faults()).toEqual([]);
  await escape();
  await app.call('train.start', { recipe: { ...SMALL_RECIPE, epochs: 500 } });
  await app.page.getByRole('tab', { name: /^Runs/ }).click();
  await button('Stop').waitFor();
  await expect
    .poll(async () => (await app.call('train.state'))?.epochs.length, { timeout: 60_000 })
    .toBeGreaterThan(0);
  expect(await faults()).toEqual([]);
  await goTo(app, 'Library');
  await app.page.getByRole('button', { name: /^Training/ }).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await goTo(app, 'Train');
  await button('Stop').click();
  await main().getByText('Stopped. Kept epoch', { exact: false }).waitFor();
  await look('train-stopped');
  await button('Delete Run 1').click();
  await app.page.getByRole('dialog', { name: 'Delete “Run 1”?' }).waitFor();
  expect(await faults()).toEqual([]);
  await escape();
});

test('Review, Try and Export with contents', async () => {
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 2 });
  await goTo(app, 'Review');
  await main().getByRole('slider').waitFor();
  await app.settle();
  await look('review');
  await goTo(app, 'Try');
  await main().getByText('Drop a picture here').waitFor();
  await look('try-ready');
  await app.answerDialog([join(app.documents, 'Twofold sample pictures', 'smileys')]);
  await button('Choose a folder…').click();
  await pictures().nth(5).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-busy', [[1280, 800]]);
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  await look('try-answers');
  await goTo(app, 'Export');
  await main().getByRole('radio').first().waitFor();
  await look('export');
  const taken = join(app.documents, 'taken');
  await mkdir(taken);
  await app.call('export.start', { format: 'labels', run: null, out: join(taken, 'labels') });
  await main()
    .getByRole('radio', { name: /^Labels/ })
    .check();
  await app.answerDialog([join(taken, 'labels')]);
  await button('Export…').click();
  await app.page.getByRole('dialog', { name: 'Replace the folder?' }).waitFor();
  expect(await faults()).toEqual([]);
  await escape();
});

test('nothing jumps when a screen is opened', async () => {
  await app.page.evaluate(`{
    globalThis.moved = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        const what = sources.map(({ node, previousRect, currentRect }) =>
          (node?.outerHTML ?? node?.textContent ?? 'gone').slice(0, 90) + ' from ' +
          [previousRect.x, previousRect.y, previousRect.width, previousRect.height].map(Math.round) + ' to ' +
          [currentRect.x, currentRect.y, currentRect.width, currentRect.height].map(Math.round));
        if (value > 0.002) globalThis.moved.push(value.toFixed(4) + ': ' + what.join('; '));
      }
    }).observe({ type: 'layout-shift' });
  }`);
  for (let round = 0; round < 2; round++) {
    for (const place of ['library', 'train', 'review', 'try', 'export'] as const) {
      await app.clickMenu(`show-${place}`);
      await app.page.waitForTimeout(500);
      const moved = await app.page.evaluate<string[]>('globalThis.moved.splice(0)');
      expect(moved, place).toEqual([]);
    }
  }
});

test('no errors were logged', async () => {
  expect(await app.close()).toEqual([]);
});
