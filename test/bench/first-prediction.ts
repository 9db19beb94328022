import type { Locator } from 'playwright-core';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Benchmark } from './benchmark.ts';
import { openWindow } from './open-window.ts';

/** A training on a busy machine takes minutes. */
const PATIENCE_MS = 15 * 60_000;

export const benchmark: Benchmark = {
  name: 'first-prediction',
  title:
    'clicks and seconds from the first start to a prediction on the sample; --full with the default recipe',
  onRequest: true,
  run: async ({ full, progress }) => {
    const startedMs = performance.now();
    const app = await openWindow({ size: [1280, 800], indexes: true }, progress);
    try {
      const shownMs = performance.now();
      const { clicks, trainedMs, predictedMs, accuracy, right } = await firstPrediction(app, full, (stage) =>
        progress.stage(stage),
      );
      return {
        measurements: [
          {
            what: `from the visible window to the first prediction, ${full ? 'default recipe' : 'preset Quick'}`,
            unit: 's',
            value: (predictedMs - shownMs) / 1000,
            baseline: { what: 'of it, training', value: trainedMs / 1000 },
          },
          { what: 'clicks', unit: '', value: clicks },
          {
            what: 'starting the app, with the test’s debugger',
            unit: 's',
            value: (shownMs - startedMs) / 1000,
          },
          { what: 'unseen pictures predicted right, of 3', unit: '', value: right },
        ],
        details: { accuracy },
        notes: [accuracy],
      };
    } finally {
      await app.close();
    }
  },
};

/** What a person does who wants to see whether it works, as fast as the window allows. */
async function firstPrediction(
  app: AppUnderTest,
  full: boolean,
  onStage: (stage: string) => void,
): Promise<{ clicks: number; trainedMs: number; predictedMs: number; accuracy: string; right: number }> {
  const { page } = app;
  const main = page.getByRole('main');
  const place = (name: string) =>
    page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true });
  let clicks = 0;
  const click = async (what: Locator): Promise<void> => {
    await what.click({ timeout: PATIENCE_MS });
    clicks++;
  };

  onStage('Importing the sample');
  await click(main.getByRole('button', { name: /^Try the sample pictures/ }));
  await click(place('Train'));
  if (!full) {
    await click(main.getByRole('radio', { name: /^Quick/ }));
  }
  onStage('Training');
  const trainMs = performance.now();
  await click(main.getByRole('button', { name: 'Train', exact: true }));
  const tryIt = page.getByRole('button', { name: 'Try a picture', exact: true }).first();
  await tryIt.waitFor({ timeout: PATIENCE_MS });
  const trainedMs = performance.now() - trainMs;
  await click(tryIt);
  onStage('Predicting');
  await click(main.getByRole('button', { name: 'nerd-face.png' }));
  const rows = main.getByRole('listbox').getByRole('option');
  await rows.getByText(/^P\(/).first().waitFor({ timeout: PATIENCE_MS });
  const [counted, predictedMs] = [clicks, performance.now()];

  await main.getByRole('button', { name: 'Try the rest' }).click({ timeout: PATIENCE_MS });
  await rows.nth(2).getByText(/^P\(/).waitFor({ timeout: PATIENCE_MS });
  const predicted = await rows.allInnerTexts();
  const right = predicted.filter((text) => text.includes('jamaica') === /\bflags\b/.test(text)).length;
  const accuracy = await main.getByLabel('Run').locator('option:checked').innerText();
  return { clicks: counted, trainedMs, predictedMs, accuracy, right };
}
