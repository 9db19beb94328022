import { cp, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../../main/export/card/card.ts';
import { MAX_CHECKED } from '../../main/export/verify/compare.ts';
import { FORMATS } from '../../main/export/formats.ts';
import type { KernelBits } from '../../shared/kernel-bits.ts';
import { runJob } from '../../main/training/supervisor.ts';
import { spawnNodeProcess } from '../../main/jobs/child.ts';
import { MODEL_FORMATS, type ModelFormat } from '../../shared/jobs/export.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { makeRun } from '../kit/handmade-run.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { benchFolder } from './folders.ts';
import { generatedPictures, SMALL } from './pictures.ts';

const CASES: readonly (readonly [ModelFormat, KernelBits])[] = [
  ...MODEL_FORMATS.map((format) => [format, 32] as const),
  ['tfjs', 16],
  ['tfjs', 8],
];

interface Timed {
  format: ModelFormat;
  bits: KernelBits;
  writeMs: number;
  checkMs: number;
  copyMs: number;
  sizeBytes: number;
  runtime: string;
}

export const benchmark: Benchmark = {
  name: 'export',
  title: `the tutorial's model in each format: seconds to write, seconds to check with ${MAX_CHECKED} pictures, size`,
  run: async ({ progress }) => {
    const half = { train: MAX_CHECKED / 2, validation: MAX_CHECKED / 2 };
    const pictures = await generatedPictures({ ...SMALL, counts: half }, progress);
    const files = await filesBelow(pictures);
    await mkdir(benchFolder(), { recursive: true });
    const folder = await mkdtemp(join(benchFolder(), 'export-'));
    try {
      progress.stage('A model to export');
      const runDir = join(folder, 'run');
      await makeRun(runDir);
      const timed: Timed[] = [];
      for (const [format, bits] of CASES) {
        progress.stage(`Exporting ${format}, ${bits} bits`);
        timed.push(await measure(runDir, join(folder, `${format}-${bits}`), format, bits, files));
      }
      const measurements = timed.flatMap(toMeasurements);
      return {
        measurements: measurements as [Measurement, ...Measurement[]],
        details: { pictures: files.length, formats: timed },
        notes: [
          'Writing and checking each start a process, as an export does; a copy is on the disk when it ends (fsync).',
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  runDir: string,
  dir: string,
  format: ModelFormat,
  bits: KernelBits,
  files: string[],
): Promise<Timed> {
  const controls = { spawn: spawnNodeProcess };
  await mkdir(dir);
  const startedAt = performance.now();
  await runJob({ kind: 'write-export', runDir, format, bits, dir }, controls);
  await syncBelow(dir);
  const writtenAt = performance.now();
  const { size, resize } = DEFAULT_RECIPE;
  const { runtime } = await runJob(
    { kind: 'verify-export', bits16: 16, format, dir, size, resize, files },
    controls,
  );
  const checkedAt = performance.now();
  const copy = `${dir}-copy`;
  await cp(dir, copy, { recursive: true });
  await syncBelow(copy);
  const copiedAt = performance.now();
  const sizes = await listFiles(dir);
  await Promise.all([dir, copy].map((each) => rm(each, { recursive: true })));
  return {
    format,
    bits,
    writeMs: writtenAt - startedAt,
    checkMs: checkedAt - writtenAt,
    copyMs: copiedAt - checkedAt,
    sizeBytes: sizes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    runtime,
  };
}

function toMeasurements({ format, bits, writeMs, checkMs, copyMs, sizeBytes }: Timed): Measurement[] {
  const name = FORMATS.find(({ id }) => id === format)!.name;
  const what = bits === 32 ? name : `${name}, ${bits} bits`;
  return [
    {
      what: `${what}: written`,
      unit: 's',
      value: writeMs / 1000,
      baseline: { what: 'copying it', value: copyMs / 1000 },
    },
    { what: `${what}: checked`, unit: 's', value: checkMs / 1000 },
    { what: `${what}: size`, unit: 'MB', value: sizeBytes / 1e6 },
  ];
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .slice(0, MAX_CHECKED);
}

async function syncBelow(folder: string): Promise<void> {
  for (const { name } of await listFiles(folder)) {
    const file = await open(join(folder, name), 'r+');
    await file.sync();
    await file.close();
  }
}
