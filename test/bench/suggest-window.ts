import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { indexModel } from '../../main/engine/index-library.ts';
import { DuplicateStore, noPairs } from '../../main/insight/duplicate-store.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { cacheDir, closeProject, createProject } from '../../main/library/project.ts';
import { listContents } from '../../main/library/reading/contents.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { pictureQuerySchema } from '../../shared/library/query.ts';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Measurement } from './benchmark.ts';
import { fillIndex } from './index-rows.ts';
import { fillLibrary } from './library-rows.ts';
import { openWindow } from './open-window.ts';
import { generatedPictures, SMALL } from './pictures.ts';
import { percentile, summarise } from './statistics.ts';

const PICTURES = 100_000;
const LABELLED = 2000;
/** Real pictures, which are imported and indexed while the strokes go on. */
const IMPORTED = 300;
const WINDOW: [number, number] = [1280, 800];
const STROKE_EVERY_MS = 500;
const LIMIT_MS = 50;
export const WINDOW_STROKES = 60;

/**
 * Labels pictures by the mouse in the real window, two a second, while others are imported and indexed and all are sorted by
 * suggestion again and again.
 */
export async function strokesInWindow(
  progress: Progress,
): Promise<{ measurements: Measurement[]; details: Record<string, unknown> }> {
  const home = await mkdtemp(join(tmpdir(), 'twofold-suggest-'));
  try {
    const folder = join(home, 'documents', 'many.twofold');
    progress.stage('Making a library and its index for the window');
    await makeProject(folder);
    const pictures = await generatedPictures(
      { ...SMALL, counts: { train: IMPORTED, validation: 0 } },
      progress,
    );
    const app = await openWindow({ home, args: [folder], size: WINDOW, indexes: true }, progress);
    try {
      return await measure(app, pictures, join(home, 'trace.json'), progress);
    } finally {
      await app.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Compared with each other, so that only what is imported later is. */
async function makeProject(folder: string): Promise<void> {
  const project = createProject(folder, { classes: ['one', 'other'] });
  try {
    fillLibrary(project, PICTURES);
    const contents = listContents(project.db);
    const hashes = contents.map(({ sha256 }) => sha256);
    const model = await indexModel(project);
    await fillIndex(project, hashes, model);
    await new DuplicateStore(cacheDir(project), model).write({ hashes, links: [], near: noPairs() });
    for (const label of [0, 1] as const) {
      const ids = contents.slice(-LABELLED).flatMap(({ id }) => (id % 2 === label ? [id] : []));
      setLabels(project.db, ids, label, 'mouse');
    }
  } finally {
    closeProject(project);
  }
}

async function measure(app: AppUnderTest, pictures: string, trace: string, progress: Progress) {
  const { page } = app;
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  progress.stage('Waiting for suggestions');
  for (;;) {
    const { summary, phase, message } = await app.call('insight.state');
    if (phase === 'failed') throw new Error(message ?? 'Indexing failed.');
    if (summary !== null && Math.min(...summary.labels) > 0 && phase === 'done') break;
    await after(500);
  }
  progress.stage('Labelling in the window');
  await app.watchMain();
  await app.mainAway();
  await startTrace(app);
  let isOver = false as boolean;
  const done = { sorts: 0 };
  const others = [
    app.call('import.start', { paths: [pictures] }),
    (async () => {
      const query = pictureQuerySchema.parse({ sort: { by: 'suggestion', order: 'surest' } });
      while (!isOver) {
        // As the window asks: handing 100,000 ids to this process would count as work of the window.
        await page.evaluate(`twofold.invoke('pictures.ids', ${JSON.stringify(query)}).then(() => null)`);
        done.sorts++;
        await after(1000);
      }
    })(),
  ];
  await strokes(app);
  isOver = true;
  await Promise.all(others);
  const { maxMs: computedMs, p99Ms } = await app.mainAway();
  const threads = await endTrace(app, trace);
  const { summary } = await app.call('insight.state');
  const longest = (what: string, values: readonly number[]): Measurement => ({
    what,
    unit: 'ms',
    // A system without CPU times of tasks gives none.
    value: values.length > 0 ? percentile(values, 100) : NaN,
    target: { of: 'value', limit: LIMIT_MS, better: 'lower' },
  });
  const { window, main } = threads;
  return {
    measurements: [
      longest('longest task of the window’s thread during strokes', window.wallMs),
      longest('the most CPU time of such a task', window.cpuMs),
      longest('longest task of the main process during strokes', main.wallMs),
      longest('the most CPU time of such a task of the main process', main.cpuMs),
    ],
    details: {
      strokes: WINDOW_STROKES,
      done,
      indexed: summary?.indexed,
      mainComputed: { computedMs, p99Ms },
      window: describe(window),
      main: describe(main),
    },
  };
}

const describe = ({ wallMs, cpuMs }: Tasks) => ({ wall: spreadOf(wallMs), cpu: spreadOf(cpuMs) });

const spreadOf = (values: readonly number[]) => ({
  ...summarise(values),
  p99: percentile(values, 99),
  overLimit: values.filter((ms) => ms > LIMIT_MS).length,
});

async function strokes({ page }: AppUnderTest): Promise<void> {
  const grid = (await page.getByRole('listbox').boundingBox())!;
  const boxes = await Promise.all(
    (await page.getByRole('listbox').getByRole('option').all()).map((cell) => cell.boundingBox()),
  );
  const inSight = boxes.filter((box) => box && box.y > grid.y && box.y + box.height < grid.y + grid.height);
  for (let stroke = 0; stroke < WINDOW_STROKES; stroke++) {
    const at = stroke % inSight.length;
    // The other class each time round, so that every press changes something.
    if (at === 0) await page.keyboard.press(String(1 + (Math.floor(stroke / inSight.length) % 2)));
    const box = inSight[at]!;
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await after(STROKE_EVERY_MS);
  }
  await page.keyboard.press('Escape');
}

/** Tasks of the event loop of a thread, of which each keeps it from everything else. */
interface Tasks {
  wallMs: number[];
  cpuMs: number[];
}

async function startTrace(app: AppUnderTest): Promise<void> {
  await app.electron.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({ included_categories: ['toplevel'], excluded_categories: ['*'] }),
  );
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

async function endTrace(app: AppUnderTest, file: string): Promise<{ window: Tasks; main: Tasks }> {
  const windowPid = await app.electron.evaluate(async ({ contentTracing, BrowserWindow }, path) => {
    await contentTracing.stopRecording(path);
    return BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId();
  }, file);
  const { traceEvents } = JSON.parse(await readFile(file, 'utf8')) as { traceEvents: TraceEvent[] };
  const tasksOf = (name: string, isOf: (pid: number) => boolean): Tasks => {
    const thread = traceEvents.find(
      (event) => event.name === 'thread_name' && event.args?.name === name && isOf(event.pid),
    );
    const tasks = traceEvents.filter(
      ({ ph, pid, tid, dur }) => ph === 'X' && dur !== undefined && pid === thread?.pid && tid === thread.tid,
    );
    return {
      wallMs: tasks.map(({ dur }) => dur! / 1000),
      cpuMs: tasks.flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000])),
    };
  };
  return {
    window: tasksOf('CrRendererMain', (pid) => pid === windowPid),
    main: tasksOf('CrBrowserMain', () => true),
  };
}
