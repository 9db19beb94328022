import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import type { KernelBits } from '../../shared/kernel-bits.ts';
import { runWriteExportJob } from '../../main/jobs/write-export.ts';
import { FeatureExtractor } from '../../main/model/base.ts';
import { Head } from '../../main/model/head/head.ts';
import { preparePixels } from '../../main/pictures/prepare.ts';
import { JobControl } from '../../main/training/control.ts';
import { RunFolder } from '../../main/training/run-folder.ts';
import type { ModelFormat } from '../../shared/jobs/export.ts';
import type { Recipe } from '../../shared/recipe.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SAMPLES = join(ROOT, '.cache/samples');
/** JPEGs, PNGs and others with orientation, profiles, transparency, 16 bits … */
export const ODD_PICTURES = join(ROOT, 'test/reference/pictures');

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twofold-export-'));
  made.push(folder);
  return folder;
}

/** Some sample pictures of each class. */
export const samplePictures = (perClass: number): string[] =>
  ['flags', 'smileys'].flatMap((name) =>
    readdirSync(join(SAMPLES, name))
      .sort()
      .slice(0, perClass)
      .map((file) => join(SAMPLES, name, file)),
  );

/** A recipe whose model is small: the shallowest cut of the smallest input. */
export const SMALL = { size: 75, cut: 'mixed0', units: [24] } satisfies Partial<Recipe>;

/** Writes a run in one format, without checking it. @returns the folder */
export async function write(
  runDir: string,
  format: ModelFormat,
  bits: KernelBits = 32,
  parent = temporaryFolder(),
): Promise<string> {
  const dir = join(parent, format);
  mkdirSync(dir);
  const context = { control: new JobControl(), emit: () => undefined };
  await runWriteExportJob({ kind: 'write-export', runDir, format, bits, dir }, context);
  return dir;
}

/** Pixels of pictures as the model sees them, `[n, size, size, 3]` float32, 0..1. */
export async function pixelsOf(files: readonly string[], recipe: Recipe): Promise<Float32Array> {
  const pictures = await Promise.all(files.map((file) => preparePixels(file, recipe)));
  return Float32Array.from(pictures.flatMap((pixels) => Array.from(pixels, (value) => value / 255)));
}

/** What the engine itself says: base and head as in training and Try. */
export async function engineAnswers(runDir: string, pixels: Float32Array, n: number): Promise<Float32Array> {
  const folder = new RunFolder(runDir);
  const { recipe } = await folder.read();
  const base = await FeatureExtractor.load(recipe);
  const head = await Head.create({ ...recipe, features: base.features });
  try {
    await head.readWeights(folder.headPath);
    return head.predict(base.extractTo(pixels, n), n);
  } finally {
    head.dispose();
    base.dispose();
  }
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((max, value, i) => {
    const difference = Math.abs(value - b[i]!);
    return difference <= max ? max : Number.isNaN(difference) ? Infinity : difference;
  }, 0);
}

/** Runs a script with Debian's Python, which has h5py, onnx, torch and Pillow. @returns its standard output */
export async function python(script: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [script, ...args], {
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout;
}

export const here = (name: string): string => join(ROOT, 'test/integration/export', name);
