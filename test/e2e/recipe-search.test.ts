import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, sampleFolder, temporaryFolder } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo } from '../kit/window/sample.ts';

/** Layers and input sizes are compared in a dialog of Train. One app; the tests follow each other. */

const PER_CLASS = 6;
/** Seven graphs are built, each once: half a minute where nothing else runs. */
const PATIENCE_MS = 400_000;

let app: AppUnderTest;

beforeAll(async () => {
  const project = join(temporaryFolder(), 'compared.twofold');
  await done('import', sampleFolder(PER_CLASS), '--project', project);
  app = await AppUnderTest.launch({ size: [1280, 800], args: [project] });
  await goTo(app, 'Train');
}, 120_000);
afterAll(() => app.close());

const dialog = () => app.page.getByRole('dialog', { name: 'Compare layers and input sizes' });
const button = (name: string) => dialog().getByRole('button', { name, exact: true });

test('a comparison can be cancelled and says nothing then', async () => {
  await app.page.getByRole('button', { name: 'Compare layers…' }).click();
  await app.screenshots('search-empty');
  await app.resize(1280, 800);
  expect(await app.accessibility()).toEqual([]);
  await button('Compare').click();
  await button('Cancel comparison').click();
  await button('Compare').waitFor({ timeout: 60_000 });
  expect(await dialog().getByRole('table').count()).toBe(0);
}, 120_000);

test(
  'shows accuracy and time of each, and applies one with a click',
  async () => {
    await button('Compare').click();
    await dialog().getByRole('table').waitFor({ timeout: PATIENCE_MS });
    const rows = dialog().locator('tbody tr');
    expect(await rows.count()).toBe(7);
    await dialog()
      .getByText(`On ${2 * PER_CLASS} labelled pictures`)
      .waitFor();
    const current = rows.filter({ hasText: 'in the recipe' });
    expect(await current.getByRole('rowheader').innerText()).toBe('mixed7');
    await app.screenshots('search');
    await app.resize(1280, 800);
    expect(await app.accessibility()).toEqual([]);

    await button('Use mixed5 at 224').click();
    await button('Use mixed5 at 224').waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await app.call('project.current'))?.settings.recipe)
      .toMatchObject({ cut: 'mixed5', size: 224 });
    await button('Close').click();
    await app.page.getByText('InceptionV3 up to mixed5').waitFor();

    await app.page.getByRole('button', { name: 'Compare layers…' }).click();
    await dialog().getByRole('table').waitFor();
    expect(app.complaints).toEqual([]);
  },
  PATIENCE_MS + 60_000,
);
