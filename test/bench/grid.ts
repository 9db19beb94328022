import { readFile } from 'node:fs/promises';
import type { CDPSession } from 'playwright-core';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { COUNT_FRAMES, frameTimes, type FrameTimes } from './frames.ts';
import { PICTURES, withLargeLibrary } from './large-library.ts';
import { median } from './statistics.ts';

const SECONDS = 10;
const ROUNDS = 3;
/** Pixels a second: a wheel that is turned briskly and not let go. */
const WHEEL_SPEED = 3000;
const MB = 1e6;

/** An element of the grid's place and height with nothing in it but lines: what this machine can scroll at best. */
const PLAIN = `(() => {
  const grid = document.querySelector('[role=listbox]');
  const plain = document.createElement('div');
  const box = grid.getBoundingClientRect();
  Object.assign(plain.style, { position: 'fixed', overflow: 'scroll', zIndex: 10, left: box.left + 'px', top: box.top + 'px',
    width: box.width + 'px', height: box.height + 'px', background: 'white' });
  const inside = document.createElement('div');
  Object.assign(inside.style, { height: '2000000px', background: 'repeating-linear-gradient(#ddd 0 1px, #fff 1px 150px)' });
  plain.append(inside);
  document.body.append(plain);
  globalThis.removePlain = () => plain.remove();
})()`;

export const benchmark: Benchmark = {
  name: 'grid',
  title: `scrolling through ${PICTURES.toLocaleString('en')} pictures for ${SECONDS} s in the real window`,
  run: ({ progress }) =>
    withLargeLibrary(progress, async (app) => {
      const session = await app.page.context().newCDPSession(app.page);
      const memory = await WindowMemory.of(app);
      const atRest = await memory.look();
      await app.watchMain();
      const plain: Scrolled[] = [];
      const wheeled: Scrolled[] = [];
      const through: Scrolled[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const stage = (what: string): void => progress.stage(`${what} (round ${round + 1} of ${ROUNDS})`);
        stage('Scrolling what has no pictures');
        await app.page.evaluate(PLAIN);
        plain.push(await scrolled(app, () => wheel(app, session)));
        await app.page.evaluate('removePlain()');
        stage('Scrolling with the wheel');
        // Where no round has been before.
        await app.page.evaluate(
          `document.querySelector('[role=listbox]').scrollTop = ${round * 2 * WHEEL_SPEED * SECONDS}`,
        );
        await app.settle();
        wheeled.push(await scrolled(app, () => wheel(app, session)));
        stage('Scrolling from the first to the last');
        through.push(await scrolled(app, () => dragThrough(app)));
      }
      memory.stop();
      const residentBytes = await memory.residentPeak();
      const middle = (runs: readonly Scrolled[], of: keyof Scrolled): number =>
        median(runs.map((run) => run[of]));
      const dropped = (what: string, runs: readonly Scrolled[]): Measurement => ({
        what,
        unit: '%',
        value: middle(runs, 'droppedPercent'),
        baseline: { what: 'a page without pictures', value: middle(plain, 'droppedPercent') },
        target: { of: 'value', limit: 1, better: 'lower' },
      });
      const longest = (of: 'pauseMs' | 'computedMs'): Measurement => ({
        what:
          of === 'pauseMs' ? 'longest pause of the main process' : 'of that it computed by itself, at most',
        unit: 'ms',
        value: Math.max(middle(wheeled, of), middle(through, of)),
        baseline: { what: 'a page without pictures', value: middle(plain, of) },
        target: { of: 'value', limit: 50, better: 'lower' },
      });
      return {
        measurements: [
          {
            what: 'frames a second, with the wheel',
            unit: 'frames/s',
            value: middle(wheeled, 'perSecond'),
            baseline: { what: 'a page without pictures', value: middle(plain, 'perSecond') },
          },
          dropped('dropped frames, with the wheel', wheeled),
          dropped('dropped frames, from the first picture to the last', through),
          {
            what: 'memory of the window, highest',
            unit: 'MB',
            value: memory.peakBytes / MB,
            baseline: { what: 'before scrolling', value: atRest / MB },
            target: { of: 'value', limit: 400, better: 'lower' },
          },
          longest('pauseMs'),
          longest('computedMs'),
        ],
        notes: [
          `Medians of ${ROUNDS} rounds in turns. Memory is the window’s own and its share of what it has in common with other processes (PSS).`,
          'Where even a page without pictures drops frames, or main pauses without computing, the machine is busy with something else.',
        ],
        details: { plain, wheeled, through, residentBytes },
      };
    }),
};

interface Scrolled extends FrameTimes {
  /** For how long main was away from its event loop at most. */
  pauseMs: number;
  /** For how long main computed without a break at most. */
  computedMs: number;
}

async function scrolled(app: AppUnderTest, scroll: () => Promise<void>): Promise<Scrolled> {
  await app.call('system.delays', { reset: true });
  await app.mainAway();
  await app.page.evaluate(COUNT_FRAMES);
  await scroll();
  const at = await app.page.evaluate<number[]>('frames()');
  const { maxMs: pauseMs } = await app.call('system.delays', { reset: true });
  const { maxMs: computedMs } = await app.mainAway();
  return { ...frameTimes(at), pauseMs, computedMs };
}

/** Chromium's own gesture, made frame by frame in its browser process as a real wheel's is. */
async function wheel(app: AppUnderTest, session: CDPSession): Promise<void> {
  const box = (await app.page.getByRole('listbox').boundingBox())!;
  await session.send('Input.synthesizeScrollGesture', {
    x: Math.round(box.x + box.width / 2),
    y: Math.round(box.y + box.height / 2),
    yDistance: -WHEEL_SPEED * SECONDS,
    speed: WHEEL_SPEED,
    gestureSourceType: 'mouse',
  });
}

/** As if the scrollbar were dragged from top to bottom: every frame is another screen. */
async function dragThrough(app: AppUnderTest): Promise<void> {
  await app.page.evaluate(`new Promise((done) => {
    const grid = document.querySelector('[role=listbox]');
    const start = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - start) / ${SECONDS * 1000}));
      grid.scrollTop = part * (grid.scrollHeight - grid.clientHeight);
      if (part < 1) requestAnimationFrame(step); else done();
    };
    requestAnimationFrame(step);
  })`);
}

/** Looks at the memory of the window's process again and again; Linux only. */
class WindowMemory {
  peakBytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.#timer = setInterval(() => void this.look(), 500);
  }

  static async of(app: AppUnderTest): Promise<WindowMemory> {
    return new WindowMemory(
      await app.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId(),
      ),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Its own pages, and its share of those it has in common with Chromium's other processes (the program itself). */
  async look(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/smaps_rollup`, 'utf8').catch(() => '');
    const bytes = Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
    this.peakBytes = Math.max(this.peakBytes, bytes);
    return bytes;
  }

  /** With the program's pages counted in full, highest since the process began. */
  async residentPeak(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  }
}
