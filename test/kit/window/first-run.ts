import { readdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../../shared/contract.ts';
import { callMain } from './call.ts';

/** What a person does first with a packaged app: train on the sample pictures and export to `out`. */
export async function trainSampleAndExport(page: Page, out: string): Promise<void> {
  const call = <Name extends CallName>(name: Name, payload?: CallInput<Name>): Promise<CallOutput<Name>> =>
    callMain(page, name, payload);
  await page.getByRole('button', { name: 'Try the sample pictures' }).click();
  await expect
    .poll(
      () =>
        call('pictures.counts').then(
          ({ classes }) => classes,
          () => null,
        ),
      { timeout: 60_000 },
    )
    .toEqual([127, 125]);
  expect((await call('system.licences')).length).toBeGreaterThan(50);

  await call('train.start', { recipe: { epochs: 1, augmentation: { enabled: false } } });
  await expect.poll(() => call('train.state'), { timeout: 400_000, interval: 500 }).toBeNull();
  const [run] = await call('runs.list');
  expect(run).toMatchObject({ status: 'done', bestEpoch: 1, canPredict: true });

  const { exports } = await call('export.start', { format: 'tfjs', run: run!.id, out });
  expect(exports[0]?.check?.maxDifference).toBeLessThan(1e-4);
  expect(await readdir(out)).toEqual(expect.arrayContaining(['model.json', 'card.json', 'tf.min.js']));
}
