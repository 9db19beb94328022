import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../../shared/contract/train.ts';
import { formatPercent } from '../../shared/format.ts';
import { exactLogit } from '../../shared/calibrated.ts';
import { sigmoid } from '../../shared/metrics.ts';
import { binOf } from '../../shared/reliability.ts';
import { answerAt, type UnsureProposal } from '../../shared/unsure.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { predictionsOn } from '../kit/window/predictions.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What Review makes part of a run: calibration and unsure answers. One app; the tests follow each other. */

let app: AppUnderTest;
let run: RunInfo;
let pictures: string;
/** The error rate that is guaranteed. */
let guaranteed: number;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  ({ pictures } = await openSample(app));
  const { augmentation } = SMALL_RECIPE;
  run = await trainSmall(app, {
    ...SMALL_RECIPE,
    epochs: 1,
    augmentation: { ...augmentation, enabled: false },
  });
  await goTo(app, 'Review');
  await rows().first().waitFor();
});

afterAll(async () => {
  await app.close();
});

const main = () => app.page.getByRole('main');
const button = (name: string) => main().getByRole('button', { name, exact: true });
const rows = () => main().getByRole('listbox').getByRole('option');
const section = (title: string) => main().getByRole('heading', { name: title, exact: true });
const current = async (): Promise<RunInfo> => (await app.call('runs.list'))[0]!;

async function probabilities(): Promise<Map<number, number>> {
  const known = await predictionsOn(app, run.id, 'validation');
  return new Map(known.map(({ id, probability }) => [id, probability]));
}

test('the reliability diagram gives the calibration error of the run, and the section stays open', async () => {
  await section('Calibration').click();
  const { sets } = await app.call('figures.calibration', { run: run.id });
  const { value, low, high } = sets[0]!.before.calibrationError;
  const diagram = main().getByRole('figure').filter({ hasText: 'Uncalibrated' });
  await diagram.getByText(formatPercent(value), { exact: true }).waitFor();
  await diagram.getByText(`${formatPercent(low)} to ${formatPercent(high)}`).waitFor();
  expect(sets[0]!.pictures).toBe((await probabilities()).size);
  // Until there are out-of-fold predictions, which are offered first.
  await button('Apply calibration from validation').waitFor();
  await app.page.reload();
  await goTo(app, 'Review');
  await diagram.waitFor();
});

test('a point of the diagram lists the pictures of its bin, by keyboard too', async () => {
  const { sets } = await app.call('figures.calibration', { run: run.id });
  const filled = sets[0]!.before.bins.filter(({ count }) => count > 0);
  const points = main().getByRole('group', { name: 'Reliability diagram, Uncalibrated' }).getByRole('button');
  expect(await points.count()).toBe(filled.length);
  await points.last().click();
  const words = (count: number) => main().getByText(new RegExp(`^${count} pictures? with P\\(`));
  await words(filled.at(-1)!.count).waitFor();
  await points.last().press('Home');
  await app.page.keyboard.press('Enter');
  await words(filled[0]!.count).waitFor();
});

test('heads of folds are trained on request, which can be cancelled, and the temperature is fitted on them', async () => {
  await button('Predict out of fold').click();
  await main().getByRole('progressbar', { name: 'Predicting out of fold' }).waitFor();
  await button('Cancel').click();
  await button('Predict out of fold').click();
  await button('Out of fold').waitFor({ timeout: 120_000 });
  const { fit, sets, outOfFold } = await app.call('figures.calibration', { run: run.id });
  expect(outOfFold).toBe('known');
  expect(fit).toMatchObject({ fittedOn: 'out-of-fold' });
  expect(await button('Out of fold').getAttribute('aria-pressed')).toBe('true');
  await main().getByText(`${fit!.fittedPictures} labelled pictures`).waitFor();
  const after = sets.find(({ on }) => on === 'out-of-fold')!.after!;
  await main()
    .getByRole('figure')
    .filter({ hasText: 'Temperature' })
    .getByText(formatPercent(after.calibrationError.value), { exact: true })
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
});

test('a bin out of fold opens its pictures in the Library', async () => {
  const { sets, fit } = await app.call('figures.calibration', { run: run.id });
  const { bins } = sets.find(({ on }) => on === 'out-of-fold')!.after!;
  const outOfFold = (await app.call('figures.outOfFold', { run: run.id }))!;
  const bin = bins.findLast(({ count }) => count > 0)!;
  const title = `Reliability diagram, Temperature ${fit!.temperature.toFixed(2)}`;
  await main().getByRole('group', { name: title }).getByRole('button').last().click();
  await main()
    .getByText(/^Out of fold, P\(smileys\) .*: \d+ pictures?$/)
    .waitFor();
  const inBin = outOfFold.logits.filter(
    (logit) => binOf(sigmoid(logit / fit!.temperature), bins.length) === bins.indexOf(bin),
  );
  expect(inBin).toHaveLength(bin.count);
  const listed = main().getByRole('listbox', { name: 'Pictures' }).getByRole('option');
  await expect.poll(() => listed.count()).toBe(bin.count);
  await app.screenshots('library-these', [[1280, 800]]);
  await goTo(app, 'Review');
});

test('a calibration becomes part of the run and of the list, and is removed again', async () => {
  const before = await probabilities();
  await button('Apply calibration').click();
  await button('Remove calibration').waitFor();
  const { temperature } = await current();
  expect(temperature).not.toBe(1);
  await main()
    .getByText(`Temperature ${temperature.toFixed(2)} is part of the run`)
    .waitFor();
  for (const [id, probability] of await probabilities()) {
    expect(exactLogit(probability)).toBeCloseTo(exactLogit(before.get(id)!) / temperature, 6);
  }
  await button('All').click();
  const id = (await rows().first().getAttribute('id'))!.replace('review-', '');
  const shown = formatPercent((await probabilities()).get(Number(id))!);
  await rows().first().getByText(shown).waitFor();
  await app.screenshots('review-calibration', [[1280, 800]]);
  await button('Remove calibration').click();
  await button('Apply calibration').waitFor();
  expect((await current()).temperature).toBe(1);
});

/** The proposal for an error rate at which some pictures are answered and some are not. */
async function guaranteeing(): Promise<UnsureProposal> {
  for (const risk of [0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]) {
    const found = await app.call('figures.unsure', { run: run.id, on: 'validation', risk });
    if (found?.rule && found.answered < 1) return found;
  }
  throw new Error('No error rate leaves some pictures unanswered.');
}

test('a guarantee says how many pictures are missing, and what it holds for', async () => {
  await section('Calibration').click();
  await section('Unsure answers').click();
  expect(
    await main()
      .getByRole('button', { name: /^Unsure \d/ })
      .count(),
  ).toBe(0);
  const risk = main().getByLabel('Wrong answers, at most');
  await risk.fill('1');
  await risk.press('Enter');
  await main().getByText('Nothing can be guaranteed yet.').waitFor();
  const none = (await app.call('figures.unsure', { run: run.id, on: 'validation', risk: 0.01 }))!;
  await main().getByText(`at least ${none.classes[0].missing} more needed`).waitFor();
  expect(await button('Apply').isDisabled()).toBe(true);
  await risk.fill('70');
  await risk.press('Enter');
  await main().getByText('Enter a percentage above 0 and below 50, with at most one decimal.').waitFor();
  const found = await guaranteeing();
  guaranteed = found.rule!.risk;
  await risk.fill(String(guaranteed * 100));
  await risk.press('Enter');
  await main()
    .getByText(
      new RegExp(
        `^Right at least ${100 - guaranteed * 100}% of the time when it answers.*, with 95% confidence.*, and it answers ${formatPercent(found.answered)} of pictures\\.`,
      ),
    )
    .waitFor();
  const method = main().getByText('Selective classification with guaranteed risk');
  expect(await method.isVisible()).toBe(false);
  await main().getByText('What this presumes').click();
  await method.waitFor();
  await app.screenshots('review-unsure-presumes', [
    [1280, 800],
    [800, 560],
  ]);
  expect(await app.accessibility()).toEqual([]);
});

test('applied, Try says unsure and why, counts it and saves it', async () => {
  await button('Apply').click();
  await button('Remove').waitFor();
  await app.screenshots('review-unsure', [
    [1280, 800],
    [1024, 640],
  ]);
  await app.resize(1280, 800);
  const { unsure } = await current();
  expect(unsure).toMatchObject({ risk: guaranteed, on: 'validation' });
  // The wrong pictures and the matrix go by the threshold, which Review says; those left unanswered are a list of their own.
  const unanswered = [...(await probabilities()).values()].filter(
    (probability) => answerAt(probability, 0.5, unsure) === null,
  ).length;
  expect(unanswered).toBeGreaterThan(0);
  await main().getByText(`use the threshold only: ${unanswered} of them`).waitFor();
  await button(`Unsure ${unanswered}`).click();
  await main()
    .getByText(new RegExp(`^${unanswered} pictures? answered “unsure”$`))
    .waitFor();
  await button('Wrong').click();
  await goTo(app, 'Try');
  await app.answerDialog([join(pictures, 'smileys')]);
  await button('Choose a folder…').click();
  await rows().first().waitFor();
  await main().getByRole('progressbar').waitFor({ state: 'detached' });
  const csv = join(app.documents, 'unsure.csv');
  await app.answerDialog([csv]);
  await button('Save as CSV…').click();
  await app.page.getByText('Saved to').waitFor();
  const lines = parse(await readFile(csv), { columns: true });
  const answers = (lines as Record<string, string>[]).map(({ probability, label, unsure: mark }) => {
    const answer = answerAt(Number(probability), 0.5, unsure);
    expect(label).toBe(answer === null ? 'unsure' : run.classes[answer]);
    expect(mark).toBe(answer === null ? '1' : '');
    return answer;
  });
  const count = (wanted: 0 | 1 | null): number => answers.filter((one) => one === wanted).length;
  expect(count(null)).toBeGreaterThan(0);
  await main()
    .getByText(`${count(0)} flags, ${count(1)} smileys, ${count(null)} unsure`)
    .waitFor();
  // Only rows in sight exist, so an unsure one is looked for by key.
  await rows().first().click();
  const isUnsure = (): Promise<number> =>
    main().getByRole('complementary').getByText('unsure', { exact: true }).count();
  for (let row = 1; row < answers.length && (await isUnsure()) === 0; row++) {
    await app.page.keyboard.press('ArrowDown');
  }
  expect(await isUnsure()).toBe(1);
  await main()
    .getByText(/answered from \d+\.\d% on|does not answer/)
    .first()
    .waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('try-unsure', [
    [1280, 800],
    [900, 600],
  ]);
  await app.resize(1280, 800);
});

test('without the rule every picture in Try is answered again', async () => {
  await goTo(app, 'Review');
  await button('Remove').click();
  await button('Apply').waitFor();
  expect((await current()).unsure).toBeNull();
  await goTo(app, 'Try');
  await main().getByRole('slider').waitFor();
  expect(await main().getByText('unsure', { exact: true }).count()).toBe(0);
  expect(app.complaints).toEqual([]);
});
