import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../../shared/contract/train.ts';
import { formatLoss, formatPercent } from '../../shared/format.ts';
import { classAt, curve, wilson, type Scored } from '../../shared/metrics.ts';
import { binOf } from '../../shared/reliability.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { predictionsOn } from '../kit/window/predictions.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** The charts of Review, whose marks open their pictures, and intervals of its figures. One app; the tests follow each other. */

let app: AppUnderTest;
let run: RunInfo;
let scored: Scored[];

const BINS = 20;
/** Usual, small, and the least that the window can be. */
const SIZES: readonly [number, number][] = [
  [1280, 800],
  [1024, 640],
  [800, 560],
];

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  run = await trainSmall(app, { ...SMALL_RECIPE, epochs: 1 });
  await goTo(app, 'Review');
  await rows().first().waitFor();
  scored = await predictionsOn(app, run.id, 'validation');
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const rows = () => main().getByRole('listbox').getByRole('option');
const histogram = () => main().getByRole('group', { name: 'Probability of smileys: pictures by true class' });
const bars = () => histogram().getByRole('button');
const within = (from: number, to: number, label?: 0 | 1): number =>
  scored.filter((one) => {
    const bin = binOf(one.probability, BINS);
    return bin >= from && bin <= to && (label === undefined || one.label === label);
  }).length;
const listed = (count: number) =>
  main().getByText(new RegExp(`^(No pictures|${count} pictures?)( labelled \\w+,)? with P\\(smileys\\)`));

test('the histogram counts pictures by true class, and the threshold stands in it', async () => {
  expect(await bars().count()).toBe(BINS);
  for (const [bin, bar] of (await bars().all()).entries()) {
    expect(await bar.getAttribute('aria-label')).toContain(
      `: ${within(bin, bin, 1)} smileys, ${within(bin, bin, 0)} flags`,
    );
  }
  const box = (await histogram().boundingBox())!;
  const line = (await histogram().locator('.threshold').boundingBox())!;
  expect((line.x - box.x) / box.width).toBeCloseTo(0.5, 1);
});

test('a range is chosen by dragging, and cleared', async () => {
  const box = (await histogram().boundingBox())!;
  const at = (bin: number): number => box.x + (box.width * (bin + 0.5)) / BINS;
  const y = box.y + box.height / 2;
  await app.page.mouse.move(at(3), y);
  await app.page.mouse.down();
  await app.page.mouse.move(at(6), y);
  await app.page.mouse.move(at(11), y);
  await app.page.mouse.up();
  await listed(within(3, 11)).waitFor();
  await main().getByText('P(smileys) 15% to 60%').waitFor();
  expect(await histogram().getByRole('button', { pressed: true }).count()).toBe(9);
  await app.screenshots('review-histogram', [[1280, 800]]);
  await main().getByRole('button', { name: 'Clear range' }).click();
  expect(await histogram().getByRole('button', { pressed: true }).count()).toBe(0);
});

test('a bar opens its pictures', async () => {
  const counts = Array.from({ length: BINS }, (_, bin) => within(bin, bin, 1));
  const bin = counts.indexOf(Math.max(...counts));
  const box = (await histogram().boundingBox())!;
  await app.page.mouse.click(box.x + (box.width * (bin + 0.5)) / BINS, box.y + box.height / 2 - 3);
  await main().getByText(`${counts[bin]} picture`).and(listed(counts[bin]!)).waitFor();
  await main().getByText('labelled smileys, with P(smileys)').waitFor();
});

test('a range is chosen by keyboard, one class of it as well', async () => {
  const tabbed = histogram().locator('[tabindex="0"]');
  await tabbed.focus();
  await app.page.keyboard.press('Home');
  for (let press = 0; press < 9; press++) await app.page.keyboard.press('Shift+ArrowRight');
  await listed(within(0, 9)).waitFor();
  await main().getByText('P(smileys) 0% to 50%').waitFor();
  await app.page.keyboard.press('ArrowUp');
  await listed(within(0, 9, 1)).waitFor();
  await app.page.keyboard.press('ArrowDown');
  await listed(within(0, 9, 0)).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.page.keyboard.press('Escape');
  await main().getByText('the most wrong first').waitFor();
});

test('a point of a curve opens its pictures', async () => {
  const points = curve(scored);
  const roc = main().getByRole('button', { name: /^ROC AUC/ });
  await roc.focus();
  // The origin is no picture.
  await app.page.keyboard.press('Home');
  await app.page.keyboard.press('ArrowRight');
  await app.page.keyboard.press('Enter');
  const [first] = points;
  const count = scored.filter(({ probability }) => probability === first!.threshold).length;
  await listed(count).waitFor();
  await main()
    .getByText(`with P(smileys) of ${formatPercent(first!.threshold)}`)
    .waitFor();
  await main()
    .getByRole('button', { name: /^Average precision/ })
    .click();
  await main().getByText('with P(smileys) of').waitFor();
});

test('AUC, average precision and F1 have the bootstrap intervals of the command line', async () => {
  const found = (await app.call('figures.intervals', { run: run.id, on: 'validation', threshold: 0.5 }))!;
  for (const interval of [found.rocAuc!, found.averagePrecision!]) {
    await main()
      .getByText(`${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`)
      .waitFor();
  }
  const table = main().getByRole('table', { name: 'Precision, recall and F1 of both classes' });
  for (const { low, high } of [found.f1!, found.f1OfClass0!]) {
    await table.getByText(`${formatPercent(low).slice(0, -1)}–${formatPercent(high)}`).waitFor();
  }
});

/** Accuracy of predicted pictures of a set, by their current labels, with what the table says of it. */
async function accuracyOn(set: 'train' | 'validation', threshold: number) {
  const known = await predictionsOn(app, run.id, set);
  const right = known.filter(({ label, probability }) => label === classAt(probability, threshold)).length;
  return { count: known.length, ...wilson(right, known.length)! };
}

test('training, validation and their gap stand side by side, on one basis with intervals', async () => {
  await main().getByRole('heading', { name: 'Overfitting gap' }).click();
  await main()
    .getByText(/^\d+ training pictures not predicted yet\.$/)
    .waitFor();
  await main().getByRole('button', { name: 'Predict all' }).click();
  const coverage = () => app.call('insight.coverage', { run: run.id });
  await expect
    .poll(async () => (await coverage()).predicted, { timeout: 60_000 })
    .toBe((await coverage()).total);
  for (const threshold of [0.5, 0.3]) {
    await app.call('project.setSettings', { settings: { threshold } });
    const [training, validation] = [
      await accuracyOn('train', threshold),
      await accuracyOn('validation', threshold),
    ];
    for (const [name, { count, value, low, high }] of [
      ['Training', training],
      ['Validation', validation],
    ] as const) {
      const row = main().getByRole('row', { name: new RegExp(`^${name} `) });
      await row.getByText(formatPercent(value), { exact: true }).waitFor();
      await row.getByText(`${formatPercent(low)} to ${formatPercent(high)}`).waitFor();
      await row.getByRole('cell', { name: String(count), exact: true }).waitFor();
    }
    const gap = `${((training.value - validation.value) * 100).toFixed(1).replace('-', '−')} percentage points`;
    await main().getByText(`Training minus validation accuracy: ${gap}`).waitFor();
    await main()
      .getByText(`current labels, threshold ${threshold * 100}%, without dropout`)
      .waitFor();
    await app.page.reload();
    await goTo(app, 'Review');
  }
  await app.call('project.setSettings', { settings: { threshold: 0.5 } });
  const epochs = await app.call('runs.epochs', { run: run.id });
  const { accuracy, loss } = epochs.find(({ epoch }) => epoch === run.bestEpoch)!;
  await main()
    .getByText(`training accuracy ${formatPercent(accuracy)}, loss ${formatLoss(loss)}`)
    .waitFor();
  await main().getByRole('heading', { name: 'Overfitting gap' }).scrollIntoViewIfNeeded();
  await app.screenshots('review-gap', [
    [1280, 800],
    [1024, 640],
  ]);
  await app.resize(1280, 800);
  expect(await app.accessibility()).toEqual([]);
  expect(app.complaints).toEqual([]);
});

test('the panel stays readable in small windows with long class names', async () => {
  const [zero, one] = (await app.call('project.current'))!.classes;
  await app.call('project.setClasses', {
    classes: [
      { ...zero, name: 'Undamaged motherboards of the second series' },
      { ...one, name: 'Motherboards with scratches, dents or missing parts' },
    ],
  });
  for (const title of ['Calibration', 'Unsure answers']) {
    await main().getByRole('heading', { name: title, exact: true }).click();
  }
  await main()
    .getByText('With 95% confidence at most')
    .or(main().getByText('Not enough pictures yet'))
    .first()
    .waitFor();
  await main().getByRole('figure').filter({ hasText: 'Uncalibrated' }).waitFor();
  for (const [width, height] of SIZES) {
    await app.resize(width, height);
    await app.settle();
    const overflow = await app.page.evaluate<string[]>(
      `[...document.querySelectorAll('main aside')].flatMap((aside) =>
        aside.scrollWidth <= aside.clientWidth ? [] : [...aside.querySelectorAll('*')]
          .filter((one) => one.getBoundingClientRect().right > aside.getBoundingClientRect().left + aside.clientWidth)
          .map((one) => one.outerHTML.slice(0, 200)))`,
    );
    expect(overflow).toEqual([]);
  }
  const panel = main().getByRole('complementary', { name: 'How good the run is' });
  for (const part of ['top', 'middle', 'end']) {
    const share = { top: 0, middle: 0.5, end: 1 }[part]!;
    await panel.evaluate((node, at) => {
      const { scrollHeight } = node as unknown as { scrollHeight: number };
      (node as unknown as { scrollTop: number }).scrollTop = scrollHeight * at;
    }, share);
    await app.screenshots(`review-long-${part}`, SIZES);
  }
});
