import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { indexModel } from '../../main/engine/index-library.ts';
import { MapStore } from '../../main/insight/map-store.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { cacheDir, closeProject, createProject } from '../../main/library/project.ts';
import { listContents } from '../../main/library/reading/contents.ts';
import { seededGenerator } from '../../main/support/random.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { COUNT_FRAMES, frameTimes, type FrameTimes } from './frames.ts';
import { fillIndex } from './index-rows.ts';
import { fillLibrary } from './library-rows.ts';
import { openWindow } from './open-window.ts';

import { median } from './statistics.ts';

const PICTURES = 100_000;
const SECONDS = 5;
const WINDOW: [number, number] = [1280, 800];

/** How the map of 100,000 pictures moves in the real window. */
export const benchmark: Benchmark = {
  name: 'map',
  title: `the map of ${PICTURES.toLocaleString('en')} pictures, moved and zoomed for ${SECONDS} s each in the real window`,
  run: async ({ progress }) => {
    const home = await mkdtemp(join(tmpdir(), 'twofold-map-bench-'));
    try {
      const folder = join(home, 'documents', 'many.twofold');
      await makeProject(folder, progress);
      const app = await openWindow({ home, args: [folder], size: WINDOW }, progress);
      try {
        return await measure(app, progress);
      } finally {
        await app.close();
      }
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};

/** Two clouds that overlap, as classes do, half of their pictures labelled. */
async function makeProject(folder: string, progress: Progress): Promise<void> {
  progress.stage(`Making a library of ${PICTURES.toLocaleString('en')} pictures, its index and its map`);
  const project = createProject(folder, { classes: ['one', 'other'] });
  try {
    fillLibrary(project, PICTURES);
    const contents = listContents(project.db);
    const model = await indexModel(project);
    const hashes = contents.map(({ sha256 }) => sha256).sort();
    await fillIndex(project, hashes, model);
    const random = seededGenerator(14);
    const bell = (): number =>
      2 * (uniformFloat64(random) + uniformFloat64(random) + uniformFloat64(random) - 1.5);
    const points = Float32Array.from(
      { length: 2 * PICTURES },
      (_, at) => bell() + (at % 2 === 0 && (at / 2) % 2 === 0 ? 2 : 0),
    );
    await new MapStore(cacheDir(project), model).write('pca', { hashes, points, explained: [0.4, 0.1] });
    for (const label of [0, 1] as const) {
      const ids = contents.filter(({ id }) => id % 4 === label).map(({ id }) => id);
      setLabels(project.db, ids, label, 'mouse');
    }
  } finally {
    closeProject(project);
  }
}

interface Moved extends FrameTimes {
  /** Time of the code that draws a frame, median and longest. */
  drawMs: number;
  longestDrawMs: number;
  /** CPU time of the window's thread a frame, with everything that a move causes. */
  cpuMs: number;
}

/** Times every callback that the page asks a frame for. */
const TIME_DRAWING = `(() => {
  const original = requestAnimationFrame;
  globalThis.plainFrame = original;
  globalThis.drawn = [];
  globalThis.requestAnimationFrame = (draw) => original((now) => {
    const start = performance.now();
    draw(now);
    drawn.push(performance.now() - start);
  });
})()`;

/** In every frame one event at the map, as a mouse or held key sends it. */
const MOVES = {
  nothing: '() => undefined',
  pan: `(map, part) => map.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, shiftKey: true,
    key: Math.floor(part * 8) % 2 === 0 ? 'ArrowRight' : 'ArrowLeft' }))`,
  zoom: `(map, part) => { const box = map.getBoundingClientRect(); map.dispatchEvent(new WheelEvent('wheel', {
    bubbles: true, cancelable: true, deltaY: part < 0.5 ? -8 : 8,
    clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 })); }`,
} as const;

async function moved(app: AppUnderTest, session: CDPSession, how: keyof typeof MOVES): Promise<Moved> {
  await app.settle();
  await app.page.evaluate('drawn.length = 0');
  const before = await threadSeconds(session);
  await app.page.evaluate(COUNT_FRAMES.replaceAll('requestAnimationFrame', 'plainFrame'));
  await app.page.evaluate(`new Promise((done) => {
    const map = document.querySelector('[role=application]');
    const move = ${MOVES[how]};
    const start = performance.now();
    const step = (now) => {
      const part = Math.max(0, (now - start) / ${SECONDS * 1000});
      if (part >= 1) return done();
      move(map, part);
      plainFrame(step);
    };
    plainFrame(step);
  })`);
  const at = await app.page.evaluate<number[]>('frames()');
  const cpuSeconds = (await threadSeconds(session)) - before;
  const drawn = await app.page.evaluate<number[]>('drawn');
  return {
    ...frameTimes(at),
    drawMs: drawn.length > 0 ? median(drawn) : 0,
    longestDrawMs: Math.max(0, ...drawn),
    cpuMs: (1000 * cpuSeconds) / at.length,
  };
}

async function threadSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function measure(app: AppUnderTest, progress: Progress) {
  const { page } = app;
  progress.stage('Showing the map');
  const start = performance.now();
  await page.getByRole('button', { name: 'Map', exact: true }).click();
  const map = page.getByRole('application', { name: 'Map' });
  await map.waitFor({ timeout: 120_000 });
  const shownMs = performance.now() - start;
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(TIME_DRAWING);
  progress.stage('Counting frames at rest');
  const rest = await moved(app, session, 'nothing');
  progress.stage('Moving the map');
  const pan = await moved(app, session, 'pan');
  progress.stage('Zooming in and out');
  const zoom = await moved(app, session, 'zoom');
  const selecting = performance.now();
  await map.focus();
  await page.keyboard.press('f');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+Enter');
  await page.getByRole('listbox').waitFor();
  await page.getByRole('button', { name: `Select all ${PICTURES.toLocaleString('en')}` }).waitFor();
  const selectedMs = performance.now() - selecting;
  const renderer = await rendererOf(page);
  const perSecond = (what: string, { perSecond: value }: Moved): Measurement => ({
    what: `frames a second, ${what}`,
    unit: 'frames/s',
    value,
    baseline: { what: 'at rest', value: rest.perSecond },
    target: { of: 'value', limit: 59, better: 'higher' },
  });
  const measurements: [Measurement, ...Measurement[]] = [
    perSecond('moving', pan),
    perSecond('zooming', zoom),
    { what: 'drawing a frame while moving, median', unit: 'ms', value: pan.drawMs },
    { what: 'drawing a frame while zooming, median', unit: 'ms', value: zoom.drawMs },
    {
      what: 'CPU time of the window’s thread a frame while moving',
      unit: 'ms',
      value: pan.cpuMs,
      target: { of: 'value', limit: 1000 / 60, better: 'lower' },
    },
    {
      what: 'the same while zooming',
      unit: 'ms',
      value: zoom.cpuMs,
      target: { of: 'value', limit: 1000 / 60, better: 'lower' },
    },
    { what: 'from the click until the map is there', unit: 'ms', value: shownMs },
    { what: 'selecting all, and listing them in the grid', unit: 'ms', value: selectedMs },
  ];
  return {
    measurements,
    notes: [`Points were drawn by ${renderer}.`],
    details: { rest, pan, zoom, renderer },
  };
}

/** Asks WebGL for the name of the GPU, if one draws. */
async function rendererOf(page: AppUnderTest['page']): Promise<string> {
  return page.evaluate<string>(`(() => {
    const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
    if (!gl) return 'the processor (canvas; there is no GPU)';
    return 'WebGL on ' + gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  })()`);
}
