import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

/** What the Train screen says of a run that learned its pictures by heart. */

const EPOCHS = 20;

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
});

afterAll(async () => {
  await app.close();
});

/** Labels with no rhyme or reason can be learned by heart and in no other way. */
async function mixLabels(): Promise<void> {
  const ids = [...(await app.call('pictures.ids', {}))];
  for (const label of [0, 1] as const) {
    await app.call('labels.set', {
      ids: ids.filter((id) => ((id * 2654435761) >>> 16) % 2 === label),
      label,
      source: 'cli',
    });
  }
}

test('overfitting is shaded in the chart from where it began, with advice', async () => {
  await mixLabels();
  const run = await trainSmall(app, {
    ...SMALL_RECIPE,
    epochs: EPOCHS,
    units: [64],
    dropout: 0,
    validationFraction: 0.5,
    learningRate: 3e-5,
    augmentation: { ...SMALL_RECIPE.augmentation, enabled: false },
  });
  await goTo(app, 'Train');
  await app.page.getByRole('tab', { name: /^Runs/ }).click();
  const main = app.page.getByRole('main');
  const named = main.getByText(/Overfitting since epoch \d+/);
  await named.waitFor();
  const from = Number(/\d+/.exec(await named.innerText())![0]);
  expect(from).toBe(run.bestEpoch);
  await main.getByText('What to try:').waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('train-overfitting');
  await app.resize(1280, 800);
  await app.settle();

  /** For how many pixels the chart is shaded, and no more than that, above an epoch. */
  const shaded = (epoch: number): Promise<number> =>
    app.page.evaluate<number>(`(() => {
      const canvas = document.querySelector('[aria-label^="Loss over"] canvas');
      const over = document.querySelector('[aria-label^="Loss over"] .u-over');
      const scale = canvas.width / canvas.clientWidth;
      const left = (parseFloat(over.style.left) + (over.clientWidth * ${epoch}) / ${EPOCHS}) * scale;
      const { data } = canvas.getContext('2d').getImageData(left, 0, 1, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red, , blue, alpha] = data.slice(at, at + 4);
        if (alpha > 30 && alpha < 50 && red > blue + 60) count++;
      }
      return count;
    })()`);
  const epochs = await app.call('runs.epochs', { run: run.id });
  const widest = epochs
    .filter(({ epoch }) => epoch > from && epoch < EPOCHS)
    .sort((a, b) => b.valLoss - b.loss - (a.valLoss - a.loss))[0]!;
  expect(await shaded(widest.epoch - 0.1)).toBeGreaterThan(12);
  for (let epoch = 1; epoch < from; epoch++) expect(await shaded(epoch + 0.6)).toBeLessThan(5);
});

test('no errors were logged', () => {
  expect(app.complaints).toEqual([]);
});
