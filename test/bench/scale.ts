import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { generatedPictures, SMALL } from './pictures.ts';
import { MemoryWatch } from './process-memory.ts';
import { twofold, type CliEvent } from './twofold.ts';

const SIZES = [1000, 10_000];
const FULL_SIZE = 100_000;
/** Of all pictures, as in the tutorial's larger set. */
const VALIDATION_SHARE = 0.2;
/** The first also waits for the disk; the second is an epoch from the cache. */
const EPOCHS = 2;
const GROWTH_LIMIT = 1.25;
const MEMORY_LIMIT_GB = 2;

export const benchmark: Benchmark = {
  name: 'scale',
  title: 'labelled pictures by the thousand: time, disk and memory, each a picture',
  onRequest: true,
  run: async ({ full, progress }) => {
    const at: ScaleFigures[] = [];
    for (const pictures of full ? [...SIZES, FULL_SIZE] : SIZES)
      at.push(await measureScale(pictures, progress));
    const [small, large] = [at[0]!, at.at(-1)!];
    const growth = (what: string, unit: string, read: (figures: ScaleFigures) => number): Measurement => ({
      what: `${what}, ${large.pictures.toLocaleString('en')} pictures`,
      unit,
      value: read(large),
      baseline: { what: `${small.pictures.toLocaleString('en')} pictures`, value: read(small) },
      target: { of: 'ratio', limit: GROWTH_LIMIT, better: 'lower' },
    });
    return {
      measurements: [
        growth('features', 'ms/picture', ({ featuresMs }) => featuresMs),
        growth('import', 'ms/picture', ({ importMs }) => importMs),
        growth('an epoch from the cache', 'ms/picture', ({ epochMs }) => epochMs),
        growth('validation', 'ms/picture', ({ validationMs }) => validationMs),
        growth('predictions from the cache', 'ms/picture', ({ predictionMs }) => predictionMs),
        growth('project', 'kB/picture', ({ projectBytes }) => projectBytes / 1000),
        {
          what: 'peak memory of the training process',
          unit: 'GB',
          value: large.trainingMemoryBytes / 1e9,
          target: { of: 'value', limit: MEMORY_LIMIT_GB, better: 'lower' },
        },
        { what: 'of its parent, the command line', unit: 'GB', value: large.parentMemoryBytes / 1e9 },
      ],
      details: { at },
      notes: ['Without augmentation and without the search for near-duplicates. The epoch is the second.'],
    };
  },
};

/** Times and sizes a picture; memory in total. */
export interface ScaleFigures {
  pictures: number;
  importMs: number;
  featuresMs: number;
  /** Of training and validation pictures. */
  epochMs: number;
  /** Of validation pictures. */
  validationMs: number;
  /** Of training pictures. */
  predictionMs: number;
  projectBytes: number;
  trainingMemoryBytes: number;
  parentMemoryBytes: number;
}

/** Imports, trains and predicts so many pictures by the command line, in a project that is removed afterwards. */
export async function measureScale(pictures: number, progress: Progress): Promise<ScaleFigures> {
  const validation = Math.round(pictures * VALIDATION_SHARE);
  const counts = { train: pictures - validation, validation };
  const folder = await generatedPictures({ ...SMALL, counts }, progress);
  const parent = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
  try {
    const project = join(parent, 'scale.twofold');
    const said = pictures.toLocaleString('en');
    progress.stage(`Importing ${said} pictures`);
    const importMs = await timed(() => twofold(['import', folder, '--project', project]));
    progress.stage(`Training on ${said} pictures`);
    let watch: MemoryWatch | undefined;
    const events = await twofold(
      ['train', project, '--no-augment', '--no-group-duplicates', '--epochs', String(EPOCHS)],
      (pid) => (watch = new MemoryWatch(pid)),
    ).finally(() => watch?.stop());
    const [trainingMemoryBytes = NaN, parentMemoryBytes = NaN] = [...(watch?.peaks.values() ?? [])]
      .map(({ resident }) => resident)
      .sort((a, b) => b - a);
    progress.stage(`Predicting ${said} pictures`);
    const predicted = await twofold(['evaluate', project, '--on', 'train']);
    const trained = readEvents(events);
    return {
      pictures,
      importMs: importMs / pictures,
      featuresMs: trained.featuresMs / pictures,
      epochMs: trained.epochMs / pictures,
      validationMs: trained.validationMs / validation,
      predictionMs: stageMs(predicted, 'predicting') / counts.train,
      projectBytes: (await bytesIn(project)) / pictures,
      trainingMemoryBytes,
      parentMemoryBytes,
    };
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const epochSchema = z.object({ durationMs: z.number() });
const stageSchema = z.object({ stage: z.string() });

function readEvents(events: readonly CliEvent[]): {
  featuresMs: number;
  epochMs: number;
  validationMs: number;
} {
  const epoch = events.findLast(({ event }) => event === 'epoch')!;
  const lastBatch = events.findLast(({ event, atMs }) => event === 'batch' && atMs <= epoch.atMs)!;
  return {
    featuresMs: stageMs(events, 'features'),
    epochMs: epochSchema.parse(epoch.fields).durationMs,
    validationMs: epoch.atMs - lastBatch.atMs,
  };
}

/** From the first report of a stage to the last. */
function stageMs(events: readonly CliEvent[], stage: string): number {
  const reports = events.filter(
    ({ event, fields }) => event === 'progress' && stageSchema.safeParse(fields).data?.stage === stage,
  );
  return (reports.at(-1)?.atMs ?? NaN) - (reports[0]?.atMs ?? NaN);
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
