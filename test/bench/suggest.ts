import { mkdtemp, rm } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { SuggestionThread } from '../../main/engine/suggestions/suggestion-thread.ts';
import { closeProject, createProject } from '../../main/library/project.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { listContents } from '../../main/library/reading/contents.ts';
import type { Benchmark } from './benchmark.ts';
import { fillIndex, INDEX_MODEL } from './index-rows.ts';
import { fillLibrary } from './library-rows.ts';
import { percentile, summarise, timed } from './statistics.ts';

const PICTURES = 100_000;
const LABELLED = 2000;
const STROKES = 20;
const IN_SIGHT = 150;

export const benchmark: Benchmark = {
  name: 'suggest',
  title: `from a stored label to new suggestions for ${PICTURES.toLocaleString('en')} pictures, ${LABELLED.toLocaleString('en')} of them labelled`,
  run: async ({ progress }) => {
    const folder = await mkdtemp(join(tmpdir(), 'twofold-suggest-'));
    const project = createProject(join(folder, 'many'));
    try {
      progress.stage('Making a library and its index');
      fillLibrary(project, PICTURES);
      const contents = listContents(project.db);
      await fillIndex(
        project,
        contents.map(({ sha256 }) => sha256),
      );
      const isOne = (id: number): boolean => id % 2 === 1;
      const chosen = contents.slice(0, LABELLED).map(({ id }) => id);
      for (const label of [0, 1] as const) {
        setLabels(
          project.db,
          chosen.filter((id) => isOne(id) === (label === 1)),
          label,
          'mouse',
        );
      }
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      const thread = new SuggestionThread(project);
      progress.stage('Reading the index');
      const readMs = await timed(() =>
        thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: true, by: null }),
      );
      progress.stage('Labelling');
      const inSight = contents.slice(-IN_SIGHT).map(({ id }) => id);
      let labelled = LABELLED;
      const stroke = async (): Promise<number> => {
        const { id } = contents[labelled++]!;
        const { changes } = setLabels(project.db, [id], isOne(id) ? 1 : 0, 'mouse');
        return timed(async () => {
          await thread.ask({ kind: 'label', changes });
          await thread.ask({ kind: 'of', ids: inSight });
        });
      };
      const strokes: number[] = [];
      const cpu = process.cpuUsage();
      for (let number = 0; number < STROKES; number++) strokes.push(await stroke());
      const { user, system } = process.cpuUsage(cpu);
      progress.stage('Labelling while a map is computed');
      const beside: number[] = [];
      let isMapped = false as boolean;
      const mapping = timed(async () => {
        while ((await thread.ask({ kind: 'map', method: 'pca' })) === null);
        isMapped = true;
      });
      const delays = monitorEventLoopDelay({ resolution: 5 });
      delays.enable();
      while (!isMapped) {
        beside.push(await stroke());
        // Two pictures a second, as a quick person labels them.
        await after(500);
      }
      delays.disable();
      const mapMs = await mapping;
      const ids = Uint32Array.from(contents, ({ id }) => id);
      const countMs = await timed(() => thread.ask({ kind: 'summary' }));
      const sortMs = await timed(() =>
        thread.ask({ kind: 'order', ids, sort: { by: 'suggestion', order: 'surest' } }),
      );
      const nextMs = await timed(() => thread.ask({ kind: 'next', ids, count: 40 }));
      const similarMs = await timed(() =>
        thread.ask({ kind: 'order', ids, sort: { by: 'similar', to: ids[5]! } }),
      );
      const memory = process.memoryUsage().rss - before;
      await thread.close();
      const { median } = summarise(strokes);
      return {
        measurements: [
          {
            what: `suggestions for ${IN_SIGHT} pictures in sight, median`,
            unit: 'ms',
            value: median,
            baseline: { what: 'the first time, with reading the index', value: readMs },
            target: { of: 'value', limit: 250, better: 'lower' },
          },
          { what: 'CPU time of a stroke', unit: 'ms', value: (user + system) / 1000 / STROKES },
          {
            what: 'the same while a map by PCA is computed, 99th percentile',
            unit: 'ms',
            value: percentile(beside, 99),
            baseline: { what: 'without a map', value: percentile(strokes, 99) },
            target: { of: 'value', limit: 250, better: 'lower' },
          },
          {
            what: 'longest pause of the main process meanwhile',
            unit: 'ms',
            value: delays.max / 1e6,
            target: { of: 'value', limit: 50, better: 'lower' },
          },
          { what: 'the map by PCA, beside strokes', unit: 'ms', value: mapMs },
          { what: 'predicting and counting all', unit: 'ms', value: countMs },
          { what: 'sorting all by suggestion', unit: 'ms', value: sortMs },
          { what: 'choosing 40 to label next', unit: 'ms', value: nextMs },
          { what: 'sorting all by similarity', unit: 'ms', value: similarMs },
          {
            what: 'memory of the thread',
            unit: 'MB',
            value: memory / 1e6,
            target: { of: 'value', limit: 700, better: 'lower' },
          },
        ],
        details: { strokes: summarise(strokes), beside: summarise(beside), readMs },
        notes: ['The vectors are random with a shift for each class, since only their number matters here.'],
      };
    } finally {
      closeProject(project);
      await rm(folder, { recursive: true, force: true });
    }
  },
};
