import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../scripts/setup/step.ts';
import { windowOf } from '../kit/window/debugging-port.ts';
import { startDisplay } from '../kit/window/display.ts';
import type { Benchmark } from './benchmark.ts';
import { PICTURES, withLargeProject } from './large-library.ts';
import { makeAppReady } from './open-window.ts';
import { summarise } from './statistics.ts';

const ROUNDS = 5;
const END_PATIENCE_MS = 10_000;
/** What is not shown by then never will be. */
const SHOW_PATIENCE_MS = 60_000;

/** Seconds from the start of the program. */
interface Times {
  /** Everything in sight is drawn. */
  drawnS: number;
  /** A click was answered, and the answer is drawn. */
  answeredS: number;
}

/** What is started, and how it is seen that it is ready. */
interface Program {
  args: string[];
  env: Record<string, string>;
  /** What its page calls itself. */
  title: RegExp;
  /** JavaScript: the elements in sight, as soon as they are all drawn; else none. */
  drawn: string;
}

/** Electron with nothing: one window, and in it a page with one element that answers a click. */
const BARE = {
  'package.json': JSON.stringify({ name: 'bare', main: 'main.cjs' }),
  'main.cjs': `const { app, BrowserWindow } = require('electron');
    app.setPath('userData', __dirname + '/data');
    app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile('index.html'));
    app.on('window-all-closed', () => app.quit());`,
  'index.html': `<!doctype html><title>Bare</title>
    <div role="option" aria-selected="false" onclick="this.setAttribute('aria-selected', 'true')">Empty</div>`,
};

/** The pictures in sight, once all of them have their thumbnails. */
const THUMBNAILS = `(() => {
  const grid = document.querySelector('[role=listbox]');
  if (!grid) return [];
  const { top, bottom } = grid.getBoundingClientRect();
  const cells = [...grid.querySelectorAll('[role=option]:not([hidden])')].filter((cell) => {
    const box = cell.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  });
  return cells.every((cell) => cell.querySelector('canvas')) ? cells : [];
})()`;

export const benchmark: Benchmark = {
  name: 'start',
  title: `from the start of the program to a window with ${PICTURES.toLocaleString('en')} pictures that answers a click`,
  run: ({ progress }) =>
    withLargeProject(progress, async (home, project) => {
      await makeAppReady(progress);
      const bareFolder = join(home, 'bare');
      await mkdir(bareFolder);
      for (const [name, text] of Object.entries(BARE)) await writeFile(join(bareFolder, name), text);
      const twofold: Program = {
        args: [ROOT, project],
        env: { TWOFOLD_HOME: home, TWOFOLD_DOCUMENTS: join(home, 'documents') },
        title: /Twofold/,
        drawn: THUMBNAILS,
      };
      const bare: Program = {
        args: [bareFolder],
        env: {},
        title: /Bare/,
        drawn: `document.querySelectorAll('[role=option]')`,
      };
      const ours: Times[] = [];
      const beside: Times[] = [];
      // The first turn of each, which fills the system's caches, does not count.
      for (let round = 0; round <= ROUNDS; round++) {
        progress.stage(round === 0 ? 'Starting once' : `Starting (round ${round} of ${ROUNDS})`);
        const times = [await start(twofold), await start(bare)] as const;
        if (round === 0) continue;
        ours.push(times[0]);
        beside.push(times[1]);
      }
      const of = (times: readonly Times[], key: keyof Times) => summarise(times.map((one) => one[key]));
      const row = (what: string, key: keyof Times) => ({
        what,
        unit: 's',
        value: of(ours, key).median,
        baseline: { what: 'a bare Electron window', value: of(beside, key).median },
      });
      return {
        measurements: [
          {
            ...row('a click is answered', 'answeredS'),
            target: { of: 'value', limit: 2, better: 'lower' },
          },
          row('thumbnails are drawn', 'drawnS'),
        ],
        details: { ours, bare: beside, rounds: ROUNDS },
        notes: ['From before the process is made; the debugger that looks and clicks is part of both.'],
      };
    }),
};

async function start({ args, env, title, drawn }: Program): Promise<Times> {
  const display = await startDisplay();
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env;
  const startedAt = Date.now();
  const child = spawn(
    createRequire(import.meta.url)('electron') as string,
    ['--remote-debugging-port=0', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args],
    { env: { ...inherited, DISPLAY: display, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const page = await windowOf(child, title);
    await page.locator('[role=option]').first().waitFor();
    const { at, x, y } = await whenDrawn(page, drawn);
    await page.mouse.click(x, y);
    const answeredAt = await whenSelected(page);
    await page.evaluate('window.close()').catch(() => undefined);
    return { drawnS: (at - startedAt) / 1000, answeredS: (answeredAt - startedAt) / 1000 };
  } finally {
    const impatient = setTimeout(() => child.kill('SIGKILL'), END_PATIENCE_MS);
    await ended;
    clearTimeout(impatient);
  }
}

/** Ends with the frame that shows what a condition waits for; `at`: milliseconds since 1970, by the window's clock. */
const whenShown = (condition: string, answer: string): string => `new Promise((done, fail) => {
  setTimeout(() => fail(new Error('The window did not show what was waited for.')), ${SHOW_PATIENCE_MS});
  const look = () => {
    const found = ${condition};
    if (!found) return requestAnimationFrame(look);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done({ at: performance.timeOrigin + performance.now(), ...(${answer}) });
      port2.postMessage(0);
    });
  };
  look();
})`;

const whenDrawn = (page: Page, drawn: string): Promise<{ at: number; x: number; y: number }> =>
  page.evaluate(
    whenShown(
      `[...${drawn}][0]`,
      `(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 }))(found.getBoundingClientRect())`,
    ),
  );

async function whenSelected(page: Page): Promise<number> {
  const { at } = await page.evaluate<{ at: number }>(
    whenShown(`document.querySelector('[role=option][aria-selected=true]')`, '{}'),
  );
  return at;
}
