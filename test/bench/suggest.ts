import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { SuggestionThread } from '../../main/engine/suggestions/suggestion-thread.ts';
import type { SuggestTask } from '../../main/engine/suggestions/suggest-task.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { closeProject, createProject, type Project } from '../../main/library/project.ts';
import { listContents, type PictureContent } from '../../main/library/reading/contents.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { fillIndex, INDEX_MODEL } from './index-rows.ts';
import { fillLibrary } from './library-rows.ts';
import { percentile, summarise, timed } from './statistics.ts';
import { strokesInWindow, WINDOW_STROKES } from './suggest-window.ts';
import { busiestThread, cpuOf, watchPauses } from './thread-time.ts';

const PICTURES = 100_000;
const LABELLED = 2000;
/** Pictures that are indexed while the strokes go on. */
const ADDED = 10_000;
const ADDED_AT_ONCE = 500;
const STROKES = 100;
/** Four pictures a second, as the quickest person labels them. */
const STROKE_EVERY_MS = 250;
const IN_SIGHT = 150;

const isOne = (id: number): boolean => id % 2 === 1;

export const benchmark: Benchmark = {
  name: 'suggest',
  title: `from a stored label to new suggestions for ${PICTURES.toLocaleString('en')} pictures, ${LABELLED.toLocaleString('en')} of them labelled`,
  run: async ({ progress }) => {
    const folder = await mkdtemp(join(tmpdir(), 'twofold-suggest-'));
    const project = createProject(join(folder, 'many'));
    try {
      const { contents, added } = await fill(project, progress);
      const measured = await onThread(project, contents, added, progress);
      const window = await strokesInWindow(progress);
      return {
        measurements: [...measured.measurements, ...window.measurements],
        details: { ...measured.details, window: window.details },
        notes: [
          'The vectors are random with a shift for each class, since only their number matters here.',
          `Each percentile is of ${STROKES} strokes on the thread, ${WINDOW_STROKES} in the window.`,
          'CPU time is that of the thread that computes, from the beginning to the end of a stroke or pause: what a machine with nothing else to do would take.',
        ],
      };
    } finally {
      closeProject(project);
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** @returns all pictures, and those of them that are not indexed yet */
async function fill(
  project: Project,
  progress: Progress,
): Promise<{ contents: PictureContent[]; added: string[] }> {
  progress.stage('Making a library and its index');
  fillLibrary(project, PICTURES);
  const contents = listContents(project.db);
  const hashes = contents.map(({ sha256 }) => sha256);
  await fillIndex(project, hashes.slice(0, -ADDED));
  const chosen = contents.slice(0, LABELLED).map(({ id }) => id);
  for (const label of [0, 1] as const) {
    const ids = chosen.filter((id) => isOne(id) === (label === 1));
    setLabels(project.db, ids, label, 'mouse');
  }
  return { contents, added: hashes.slice(-ADDED) };
}

interface Strokes {
  wallMs: number[];
  cpuMs: number[];
}

async function onThread(
  project: Project,
  contents: readonly PictureContent[],
  added: readonly string[],
  progress: Progress,
) {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const thread = new SuggestionThread(project);
  try {
    progress.stage('Reading the index');
    let readMs = 0;
    const worker = await busiestThread(async () => {
      readMs = await timed(() => thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: true, by: null }));
    });
    const ids = Uint32Array.from(contents, ({ id }) => id);
    const inSight = [...ids.subarray(PICTURES / 2, PICTURES / 2 + IN_SIGHT)];
    let labelled = LABELLED;
    const stroke = async (strokes: Strokes): Promise<void> => {
      const id = ids[labelled++]!;
      const { changes } = setLabels(project.db, [id], isOne(id) ? 1 : 0, 'mouse');
      const cpu = cpuOf(worker);
      const wallMs = await timed(async () => {
        await thread.ask({ kind: 'label', changes });
        await thread.ask({ kind: 'of', ids: inSight });
      });
      strokes.wallMs.push(wallMs);
      strokes.cpuMs.push(cpuOf(worker) - cpu);
    };
    progress.stage('Labelling');
    const alone: Strokes = { wallMs: [], cpuMs: [] };
    for (let number = 0; number < STROKES; number++) await stroke(alone);

    progress.stage('Labelling while pictures are sorted, indexed and mapped');
    const beside: Strokes = { wallMs: [], cpuMs: [] };
    const other = otherWork(project, thread, ids, added);
    const pauses = watchPauses();
    for (let number = 0; number < STROKES; number++) {
      await stroke(beside);
      await after(STROKE_EVERY_MS);
    }
    const paused = pauses();
    const done = await other.end();

    progress.stage('Measuring long tasks');
    const timeOf = (task: SuggestTask): Promise<number> => timed(() => thread.ask(task));
    const rest: Record<string, number> = {
      'predicting and counting all': await timeOf({ kind: 'summary' }),
      'sorting all by suggestion': await timeOf({
        kind: 'order',
        ids,
        sort: { by: 'suggestion', order: 'surest' },
      }),
      'choosing 40 to label next': await timeOf({ kind: 'next', ids, count: 40 }),
      'sorting all by similarity': await timeOf({ kind: 'order', ids, sort: { by: 'similar', to: ids[5]! } }),
    };
    const memory = process.memoryUsage().rss - before;
    const limit = (value: number) => ({ of: 'value', limit: value, better: 'lower' }) as const;
    const row = (what: string, at: number): Measurement => ({
      what: `suggestions for ${IN_SIGHT} visible pictures beside other work, ${what}`,
      unit: 'ms',
      value: percentile(beside.wallMs, at),
      baseline: { what: 'without other work', value: percentile(alone.wallMs, at) },
      target: limit(250),
    });
    const cpu = (what: string, at: number): Measurement => ({
      what: `CPU time of such a stroke, ${what}`,
      unit: 'ms',
      value: percentile(beside.cpuMs, at),
      baseline: { what: 'without other work', value: percentile(alone.cpuMs, at) },
    });
    const measurements: [Measurement, ...Measurement[]] = [
      row('median', 50),
      row('95th percentile', 95),
      row('99th percentile', 99),
      row('longest', 100),
      cpu('median', 50),
      cpu('99th percentile', 99),
      cpu('longest', 100),
      {
        what: 'longest pause of the process that asks, meanwhile',
        unit: 'ms',
        value: Math.max(...paused.wallMs),
        target: limit(50),
      },
      {
        what: 'of that it computed by itself, at most',
        unit: 'ms',
        value: Math.max(...paused.cpuMs),
        target: limit(50),
      },
      { what: 'reading the index and the library the first time', unit: 'ms', value: readMs },
      ...Object.entries(rest).map(([what, value]): Measurement => ({ what, unit: 'ms', value })),
      { what: 'memory of the thread', unit: 'MB', value: memory / 1e6, target: limit(700) },
    ];
    return {
      measurements,
      details: {
        alone: { wall: summarise(alone.wallMs), cpu: summarise(alone.cpuMs) },
        beside: { wall: summarise(beside.wallMs), cpu: summarise(beside.cpuMs), done },
        pauses: { wall: summarise(paused.wallMs), p99: percentile(paused.wallMs, 99) },
      },
    };
  } finally {
    await thread.close();
  }
}

/** Everything else that a window asks, again and again until it is ended. @returns how often each was done */
function otherWork(project: Project, thread: SuggestionThread, ids: Uint32Array, added: readonly string[]) {
  let isOver = false as boolean;
  const done: Record<string, number> = {};
  const repeat = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    for (done[what] = 0; !isOver; done[what]++) {
      await work();
      await after(200);
    }
  };
  let next = 0;
  const loops = [
    repeat('index', async () => {
      if (next < added.length) await fillIndex(project, added.slice(next, next + ADDED_AT_ONCE));
      next += ADDED_AT_ONCE;
      await thread.ask({ kind: 'readMore' });
      await thread.ask({ kind: 'summary' });
    }),
    repeat('suggestion', () =>
      thread.ask({ kind: 'order', ids, sort: { by: 'suggestion', order: 'surest' } }),
    ),
    repeat('similar', () => thread.ask({ kind: 'order', ids, sort: { by: 'similar', to: ids[5]! } })),
    repeat('next', () => thread.ask({ kind: 'next', ids, count: 40 })),
    repeat('read', () => thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: false, by: null })),
    repeat('map', () => thread.ask({ kind: 'map', method: 'pca' })),
    repeat('estimate', () => thread.ask({ kind: 'estimate' })),
  ];
  return {
    end: async () => {
      isOver = true;
      await Promise.all(loops);
      return done;
    },
  };
}
