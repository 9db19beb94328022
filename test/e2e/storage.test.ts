import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AppUnderTest } from '../kit/window/harness.ts';
import { openSample, SMALL_RECIPE, trainSmall } from '../kit/window/sample.ts';

const WAIT = { timeout: 60_000 };

let app: AppUnderTest;

beforeAll(async () => {
  app = await AppUnderTest.launch({ size: [1280, 800] });
  await openSample(app);
  await trainSmall(app, {
    ...SMALL_RECIPE,
    epochs: 1,
    augmentation: { ...SMALL_RECIPE.augmentation, enabled: false },
  });
}, 180_000);

afterEach(() => expect(app.complaints).toEqual([]));
afterAll(() => app.close());

const dialog = () => app.page.getByRole('dialog', { name: 'Storage' });
const row = (name: string) => dialog().getByRole('row').filter({ hasText: name });

test('the dialog shows what the cache takes, by kind, and clears a kind', async () => {
  await app.clickMenu('storage');
  const { total } = await app.call('pictures.counts');
  await row('Features').getByText(String(total), { exact: true }).waitFor();
  const { usage } = await app.call('storage.measure');
  expect(usage.kinds.thumbnails.files).toBe(total);
  expect(usage.kinds.features.files).toBe(total);
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('storage');
  await app.resize(1280, 800);
  await row('Features').getByRole('button', { name: 'Clear features' }).click();
  await expect.poll(() => row('Features').innerText(), WAIT).toMatch(/0 bytes\s+0\s+Clear/);
  expect((await app.call('storage.measure')).usage.kinds).toEqual({
    ...usage.kinds,
    features: { files: 0, bytes: 0 },
  });
});

test('a limit is remembered, kept to at once and after later jobs, and can be taken away', async () => {
  const limit = dialog().getByRole('spinbutton', { name: 'Limit in gigabytes' });
  await limit.fill('0.05');
  await limit.press('Tab');
  await dialog().getByText('Enter a limit of at least 0.1 GB.').waitFor();
  const check = dialog().getByRole('checkbox', { name: 'Limit the cache to' });
  await expect.poll(() => check.isDisabled()).toBe(true);
  await limit.fill('0.1');
  await limit.press('Tab');
  await check.check();
  await expect.poll(() => app.call('storage.measure').then(({ limitBytes }) => limitBytes), WAIT).toBe(1e8);
  await dialog().getByRole('button', { name: 'Close' }).click();
  const { folder } = (await app.call('project.current'))!;
  // Features of 150 MB that no run uses.
  const old = join(folder, 'cache', 'features', 'zz');
  mkdirSync(old, { recursive: true });
  for (let file = 0; file < 15; file++) writeFileSync(join(old, `zz${file}`), new Uint8Array(1e7));
  await trainSmall(app, { ...SMALL_RECIPE, epochs: 1, seed: 2 });
  await expect
    .poll(() => app.call('storage.measure').then(({ usage }) => usage.total.bytes), WAIT)
    .toBeLessThanOrEqual(1e8);
  rmSync(old, { recursive: true, force: true });
  await app.clickMenu('storage');
  await expect.poll(() => check.isChecked(), WAIT).toBe(true);
  expect(await limit.inputValue()).toBe('0.1');
  await check.uncheck();
  await expect.poll(() => app.call('storage.measure').then(({ limitBytes }) => limitBytes), WAIT).toBeNull();
});

test('nothing is removed while a run is trained, and the dialog says so', async () => {
  await dialog().getByRole('button', { name: 'Close' }).click();
  await app.call('train.start', { recipe: { ...SMALL_RECIPE, epochs: 500 } });
  await expect.poll(() => app.call('storage.measure').then(({ inUse }) => inUse), WAIT).toBe(true);
  await app.clickMenu('storage');
  await dialog().getByText('A job is using the cache.').waitFor();
  expect(await dialog().getByRole('button', { name: 'Clear all kinds' }).isDisabled()).toBe(true);
  await expect(app.call('storage.clear', { kinds: ['features'] })).rejects.toThrow(
    /busy: The cache is in use/,
  );
  await app.call('train.stop');
  await expect.poll(() => app.call('train.state'), WAIT).toBeNull();
});
