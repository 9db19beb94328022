import { setTimeout as wait } from 'node:timers/promises';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Benchmark } from './benchmark.ts';
import { PICTURES, withLargeLibrary } from './large-library.ts';
import { percentile, summarise } from './statistics.ts';

const PRESSES = 200;
const SELECTIONS = 20;
/** Exactly 1,000 of the names have this in them. */
const THOUSAND = 'IMG_012';

/** When something was pressed, drawn and on the disk, by the window's own clock. */
interface Times {
  drawnMs: number;
  /** Null where nothing had to be stored. */
  storedMs: number | null;
}

/**
 * Watches the window from within: from an input's own time stamp to the end of the frame that shows it, and to the moment
 * at which nothing is unsaved any more. It reads attributes that the grid has anyway and changes nothing.
 */
const WATCH = `(() => {
  const channel = new MessageChannel();
  let pressedAt = 0, drawnAt = 0, storedAt = 0;
  const grid = document.querySelector('[role=listbox]');
  channel.port1.onmessage = () => (drawnAt ||= performance.now());
  const press = (event) => {
    if (!event.isTrusted) return;
    pressedAt = event.timeStamp; drawnAt = 0; storedAt = 0;
    requestAnimationFrame(() => channel.port2.postMessage(0));
  };
  addEventListener('pointerdown', press, { capture: true });
  addEventListener('keydown', (event) => { if (/^[12x]$/.test(event.key)) press(event); }, { capture: true });
  new MutationObserver(() => {
    if (grid.dataset.unsaved === '0') storedAt = performance.now();
  }).observe(grid, { attributes: true, attributeFilter: ['data-unsaved'] });
  globalThis.labelTimes = () => ({
    drawnMs: drawnAt === 0 ? null : drawnAt - pressedAt,
    storedMs: storedAt === 0 || grid.dataset.unsaved !== '0' ? null : storedAt - pressedAt,
  });
})()`;

export const benchmark: Benchmark = {
  name: 'label',
  title: `from the press of a mouse button to the label drawn and on the disk, ${PICTURES.toLocaleString('en')} pictures`,
  run: ({ progress }) =>
    withLargeLibrary(progress, async (app) => {
      await app.page.evaluate(WATCH);
      progress.stage('Pressing where nothing happens');
      const idle = await presses(app, false);
      progress.stage('Labelling one by one');
      const single = await presses(app, true);
      progress.stage('Labelling a thousand at once');
      const thousand = await selections(app);
      const idleDrawn = idle.map(({ drawnMs }) => drawnMs);
      const drawn = single.map(({ drawnMs }) => drawnMs);
      const stored = single.map(({ storedMs }) => storedMs!);
      const thousandStored = thousand.map((times) => Math.max(times.drawnMs, times.storedMs!));
      const beside = (pick: (values: readonly number[]) => number) => ({
        what: 'a press that changes nothing, to the next frame',
        value: pick(idleDrawn),
      });
      const middle = (values: readonly number[]): number => summarise(values).median;
      const late = (values: readonly number[]): number => percentile(values, 95);
      return {
        measurements: [
          row('drawn, median', middle(drawn), 16, beside(middle)),
          row('drawn, 95th percentile', late(drawn), 16, beside(late)),
          row('on the disk, median', middle(stored), 30),
          row('on the disk, 95th percentile', late(stored), 30),
          row('1,000 selected: drawn and on the disk, median', middle(thousandStored), 150),
          row('1,000 selected: 95th percentile', late(thousandStored), 150),
        ],
        details: {
          idle: summarise(idleDrawn),
          drawn: summarise(drawn),
          stored: summarise(stored),
          thousand: summarise(thousandStored),
          mainLoop: await app.call('system.delays', { reset: true }),
        },
        notes: [
          'From the time stamp of the input to the end of the frame that shows it, and to the answer that it is on the disk.',
        ],
      };
    }),
};

function row(what: string, value: number, limit: number, baseline?: { what: string; value: number }) {
  return {
    what,
    unit: 'ms',
    value,
    ...(baseline && { baseline }),
    target: { of: 'value', limit, better: 'lower' },
  } as const;
}

/** Presses on one picture after the other, with either class in turn; or with no brush on the same one again and again. */
async function presses(app: AppUnderTest, labels: boolean): Promise<Times[]> {
  const { page } = app;
  const times: Times[] = [];
  const boxes = await Promise.all(
    (await page.getByRole('listbox').getByRole('option').all()).map((cell) => cell.boundingBox()),
  );
  const grid = (await page.getByRole('listbox').boundingBox())!;
  const inSight = boxes.filter((box) => box && box.y > grid.y && box.y + box.height < grid.y + grid.height);
  for (let n = 0; n < PRESSES; n++) {
    const box = inSight[n % inSight.length]!;
    // The other class each time round, so that every press changes something.
    if (labels && n % inSight.length === 0)
      await page.keyboard.press(String(1 + (Math.floor(n / inSight.length) % 2)));
    await page.mouse.move(box.x + box.width / 2, labels ? box.y + box.height / 2 : grid.y - 8);
    await wait(60 + ((n * 7) % 17));
    await page.mouse.down();
    times.push(await read(app, labels));
    await page.mouse.up();
  }
  await page.keyboard.press('Escape');
  return times;
}

async function selections(app: AppUnderTest): Promise<Times[]> {
  const { page } = app;
  await page.getByRole('searchbox').fill(THOUSAND);
  await page.getByRole('button', { name: 'Select all 1,000' }).waitFor();
  await page.getByRole('listbox').focus();
  await page.keyboard.press('Control+a');
  const times: Times[] = [];
  for (let n = 0; n < SELECTIONS; n++) {
    await wait(150);
    await page.keyboard.press(String(1 + (n % 2)));
    times.push(await read(app, true));
  }
  return times;
}

async function read(app: AppUnderTest, stores: boolean): Promise<Times> {
  for (;;) {
    const { drawnMs, storedMs } = await app.page.evaluate<{
      drawnMs: number | null;
      storedMs: number | null;
    }>('labelTimes()');
    if (drawnMs !== null && (!stores || storedMs !== null)) return { drawnMs, storedMs };
    await wait(10);
  }
}
