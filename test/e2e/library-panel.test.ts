import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { openSample } from '../kit/window/sample.ts';

/** The left panel of the Library with class names of every length. One app; the tests follow each other. */

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  await app.page.getByRole('listbox').getByRole('option').first().waitFor();
});

afterAll(async () => {
  await app.close();
});

const NAMES: [string, string][] = [
  ['cat', 'dog'],
  ['not scratched', 'was scratched'],
  ['with deep scratches on the left side', 'without any scratch on both its ends'],
];
const SIZES: [number, number][] = [
  [1280, 800],
  [1024, 640],
  [800, 560],
];

/** What of the panel is drawn beyond its edges, or can be scrolled sideways. */
const OUTSIDE = `(() => {
  const panel = document.querySelector('aside');
  const edge = panel.getBoundingClientRect();
  const outside = [...panel.querySelectorAll('*')]
    .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden'))
    .filter((one) => {
      let { left, right } = one.getBoundingClientRect();
      // What an element cuts off with an ellipsis is not drawn.
      for (let box = one.parentElement; box !== panel; box = box.parentElement) {
        if (getComputedStyle(box).overflowX === 'visible') continue;
        right = Math.min(right, box.getBoundingClientRect().right);
        left = Math.max(left, box.getBoundingClientRect().left);
      }
      return right > edge.left + panel.clientWidth + 1 || left < edge.left - 1;
    })
    .map((one) => one.outerHTML.slice(0, 120));
  panel.scrollLeft = 50;
  const moved = panel.scrollLeft;
  panel.scrollLeft = 0;
  return [...outside, ...(moved > 0 ? ['scrolls by ' + moved] : [])];
})()`;

async function rename(names: [string, string]): Promise<void> {
  const { classes } = (await app.call('project.current'))!;
  await app.call('project.setClasses', {
    classes: [
      { ...classes[0], name: names[0] },
      { ...classes[1], name: names[1] },
    ],
  });
  await app.page
    .getByRole('region', { name: 'Label' })
    .getByRole('button', { name: names[0] })
    .first()
    .waitFor();
}

test.each(NAMES)('nothing overflows the panel with the classes "%s" and "%s"', async (...names) => {
  await rename(names);
  const { page } = app;
  for (const size of SIZES) {
    await app.resize(...size);
    await app.settle();
    expect(await page.evaluate(OUTSIDE), size.join('×')).toEqual([]);
    await page.getByRole('button', { name: `Rename ${names[0]}` }).click();
    await page.getByRole('textbox', { name: 'Name of class 1' }).waitFor();
    expect(await page.evaluate(OUTSIDE), `renaming at ${size.join('×')}`).toEqual([]);
    await page.keyboard.press('Escape');
  }
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots(`library-names-${names[0].length}`, SIZES);
});

test('a name that is cut is shown whole when the pointer rests on it', async () => {
  const [first] = NAMES[2]!;
  const { page } = app;
  await expect
    .poll(() => page.getByRole('region', { name: 'Show' }).getByText(first).getAttribute('title'))
    .toBe(first);
  expect(
    await page
      .getByRole('region', { name: 'Label' })
      .getByRole('button', { name: first })
      .first()
      .getAttribute('title'),
  ).toContain(first);
});

test('no errors were logged', async () => {
  expect(await app.close()).toEqual([]);
});
