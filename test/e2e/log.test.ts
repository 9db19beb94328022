import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { AppUnderTest } from '../kit/window/harness.ts';
import { goTo, openSample, SMALL_RECIPE } from '../kit/window/sample.ts';

const WAIT = { timeout: 60_000 };

let home: string;
let app: AppUnderTest;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-log-'));
  app = await AppUnderTest.launch({ home, size: [1280, 800] });
});

afterEach(() => expect(app.complaints).toEqual([]));

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

/** Takes back what the app said of provoked errors, with their stacks. */
async function forgive(): Promise<void> {
  await app.settle();
  app.forgive(/provoked|^main: +(at |\[?cause)|more errors were not logged|ended unexpectedly/);
}

const log = (): string => readFileSync(join(home, 'logs', 'twofold.log'), 'utf8');
const logged = (words: string): Promise<void> => expect.poll(log, WAIT).toContain(words);

test('uncaught errors and rejections of the window and of main are logged and announced', async () => {
  const told = app.page.getByText('An unexpected error occurred and was logged.');
  await app.page.evaluate(`setTimeout(() => { throw new Error('a provoked error of the window'); })`);
  await told.waitFor();
  await app.page.getByRole('button', { name: 'Dismiss' }).click();
  await app.page.evaluate(`void Promise.reject(new Error('a provoked rejection of the window'))`);
  await told.waitFor();
  await app.page.getByRole('button', { name: 'Dismiss' }).click();
  await logged('[error] (window, error) Error: a provoked error of the window');
  await logged('[error] (window, rejection) Error: a provoked rejection of the window');
  await app.electron.evaluate(() => {
    setTimeout(() => {
      throw new Error('a provoked error of main');
    });
    void Promise.reject(new Error('a provoked rejection of main'));
  });
  await told.waitFor();
  await logged('[error] (uncaught in main) Error: a provoked error of main');
  await logged('[error] (unhandled rejection in main) Error: a provoked rejection of main');
  await forgive();
});

test('a place that fails to render says so, and can be tried again', async () => {
  await app.call('project.create', { folder: join(app.documents, 'broken.twofold') });
  await openSample(app);
  await goTo(app, 'Library');
  await app.page.evaluate(`{
    globalThis.Sound = globalThis.ResizeObserver;
    globalThis.ResizeObserver = class { constructor() { throw new Error('provoked while a place was drawn'); } };
  }`);
  await goTo(app, 'Review');
  await goTo(app, 'Library');
  await app.page.getByRole('heading', { name: 'This place can’t be shown' }).waitFor();
  expect(await app.accessibility()).toEqual([]);
  await app.screenshots('place-failed');
  await logged('(window, place) Error: provoked while a place was drawn');
  await app.page.evaluate('{ globalThis.ResizeObserver = globalThis.Sound; }');
  await app.page.getByRole('button', { name: 'Try again' }).click();
  await app.page.getByRole('listbox').getByRole('option').first().waitFor();
  await forgive();
});

test('a training process that is killed is logged with its signal', async () => {
  await expect.poll(async () => (await app.call('import.state')) === null, WAIT).toBe(true);
  await app.call('train.start', { recipe: { ...SMALL_RECIPE, epochs: 500 } });
  await expect.poll(async () => (await app.call('train.state'))?.epochs.length, WAIT).toBeGreaterThan(0);
  await app.electron.evaluate(({ app: electron }) => {
    for (const { name, pid } of electron.getAppMetrics())
      if (name === 'Twofold training') process.kill(pid, 'SIGKILL');
  });
  await logged('[warn]  (training process) ended unexpectedly: signal SIGKILL');
  await forgive();
});

test('Help shows the log, and saves diagnostics without pictures, labels and names', async () => {
  const secret = join(home, 'secret pictures');
  mkdirSync(secret);
  writeFileSync(join(secret, 'Tom the cat.jpg'), 'no picture');
  await app.page.evaluate(
    `void Promise.reject(new Error("provoked: can't read '${join(secret, 'Tom the cat.jpg')}'"))`,
  );
  await logged('Tom the cat');
  await forgive();
  const out = join(home, 'diagnostics.zip');
  await app.answerDialog([out]);
  await app.electron.evaluate(({ dialog, shell }) => {
    const seen = globalThis as { shown?: string[]; asked?: Electron.MessageBoxOptions };
    seen.shown = [];
    shell.showItemInFolder = (path) => void seen.shown!.push(path);
    dialog.showMessageBox = (...args: unknown[]) => {
      seen.asked = args.at(-1) as Electron.MessageBoxOptions;
      return Promise.resolve({ response: 0, checkboxChecked: false });
    };
  });
  const seen = <T>(key: string): Promise<T> =>
    app.electron.evaluate((_electron, name) => (globalThis as Record<string, unknown>)[name] as T, key);
  await app.clickMenu('show-log');
  expect(await seen('shown')).toEqual([join(home, 'logs', 'twofold.log')]);
  await app.clickMenu('save-diagnostics');
  await expect.poll(() => seen('shown'), WAIT).toContain(out);
  expect((await seen<{ detail: string }>('asked')).detail).toContain('no pictures, labels or file names');

  const files = await unzip(out);
  expect([...files.keys()].sort()).toEqual(['about.json', 'twofold.log']);
  const about = JSON.parse(files.get('about.json')!) as Record<string, Record<string, unknown>>;
  expect(about).toMatchObject({
    versions: { twofold: expect.any(String) as string, electron: expect.any(String) as string },
    hardware: { memoryBytes: expect.any(Number) as number, cores: expect.any(Number) as number },
    settings: { theme: 'system' },
    project: {
      recipe: { epochs: expect.any(Number) as number },
      threshold: 0.5,
      pictures: expect.any(Number) as number,
    },
  });
  expect(files.get('twofold.log')).toContain('provoked while a place was drawn');
  for (const text of files.values()) {
    for (const name of ['Tom', 'secret', 'flags', 'smileys', 'Twofold sample'])
      expect(text).not.toContain(name);
  }
});

test('a flood of errors does not fill the log', async () => {
  await app.page.evaluate(
    `for (let n = 0; n < 500; n++) void Promise.reject(new Error('provoked flood ' + n))`,
  );
  await app.settle();
  expect(log().split('provoked flood').length - 1).toBeLessThan(60);
  await forgive();
});

/** The texts of a zip by their names. */
async function unzip(path: string): Promise<Map<string, string>> {
  const zip = await yauzl.openPromise(path);
  const texts = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    texts.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  return texts;
}
