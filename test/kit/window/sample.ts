import { join } from 'node:path';
import type { RunInfo } from '../../../shared/contract/train.ts';
import { DEFAULT_RECIPE, type Recipe } from '../../../shared/recipe.ts';
import type { AppUnderTest } from './harness.ts';

/** Trains in seconds: a base that ends early, small pictures, a small head, no search for near-duplicates. */
export const SMALL_RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  cut: 'mixed0',
  size: 75,
  units: [16],
  epochs: 3,
  groupDuplicates: false,
};

/** Opens a project on the sample pictures, with their labels, and waits until they are there. */
export async function openSample(app: AppUnderTest): Promise<{ pictures: string }> {
  const { importFolder } = await app.call('project.sample');
  if (importFolder !== null) await app.call('import.start', { paths: [importFolder] });
  return { pictures: join(app.documents, 'Twofold sample pictures') };
}

/** Trains without looking at the screen, for tests of what comes afterwards. */
export async function trainSmall(app: AppUnderTest, recipe: Recipe = SMALL_RECIPE): Promise<RunInfo> {
  const { id } = await app.call('train.start', { recipe });
  while ((await app.call('train.state')) !== null) await app.page.waitForTimeout(100);
  const run = (await app.call('runs.list')).find((one) => one.id === id)!;
  if (run.status !== 'done') throw new Error(`The run is ${run.status}: ${run.error?.message ?? ''}`);
  return run;
}

/** Shows one of the five places, as a click on the rail does. */
export async function goTo(
  app: AppUnderTest,
  place: 'Library' | 'Train' | 'Review' | 'Try' | 'Export',
): Promise<void> {
  await app.page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: place, exact: true })
    .click();
}

/** Drops real files on an element, as the system does: with their paths. */
export async function dropFiles(app: AppUnderTest, paths: string[], selector: string): Promise<void> {
  const { page } = app;
  await page.evaluate(`{
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.id = 'files-to-drop';
    input.hidden = true;
    document.body.append(input);
  }`);
  await page.setInputFiles('#files-to-drop', paths);
  await page.evaluate(`{
    const input = document.getElementById('files-to-drop');
    const target = document.querySelector(${JSON.stringify(selector)});
    const dataTransfer = new DataTransfer();
    for (const file of input.files) dataTransfer.items.add(file);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
    input.remove();
  }`);
}

/** Drops files and folders on the middle of the window, as the system does. */
export async function dropPaths(app: AppUnderTest, paths: string[]): Promise<void> {
  const session = await app.page.context().newCDPSession(app.page);
  const [x, y] = await app.page.evaluate<[number, number]>('[innerWidth / 2, innerHeight / 2]');
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await session.detach();
}
