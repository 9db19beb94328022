import { beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import type { KernelBits } from '../../../shared/kernel-bits.ts';
import { readOnnxGraph } from '../../../main/export/onnx/graph.ts';
import { reload } from '../../../main/export/verify/reload.ts';
import { openGraph } from '../../../main/model/graph/run.ts';
import { tf } from '../../../main/model/tensorflow.ts';
import { RunFolder } from '../../../main/training/run-folder.ts';
import { toFailure } from '../../../shared/errors.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { makeRun } from '../../kit/handmade-run.ts';
import {
  engineAnswers,
  maxDifference,
  pixelsOf,
  samplePictures,
  SMALL,
  temporaryFolder,
  write,
} from '../../kit/export-support.ts';

/** Cuts of every kind of layer, other sizes, several Dense layers, with and without dropout. */
const RECIPES: [string, Partial<Recipe>][] = [
  ['the shallowest', SMALL],
  ['without dropout, two hidden layers', { size: 100, cut: 'mixed3', units: [24, 8], dropout: 0 }],
  ['cut at a convolution', { size: 75, cut: 'conv2d_12', units: [16], dropout: 0.5 }],
  ['cut at a batch normalisation', { size: 75, cut: 'batch_normalization_8', units: [16] }],
  ['cut at a pooling', { size: 81, cut: 'average_pooling2d_1', units: [8] }],
  ['the deepest', { size: 139, cut: 'mixed10', units: [16] }],
];

const N = 3;

async function reloadedAnswers(
  format: ModelFormat,
  folder: string,
  size: number,
  pixels: Float32Array,
  n = N,
): Promise<Float32Array> {
  const model = await reload(format, folder, size);
  try {
    return await model.predict(pixels, n);
  } finally {
    await model.close();
  }
}

describe.each(RECIPES)('%s', (_, options) => {
  let runDir: string;
  let recipe: Recipe;
  let pixels: Float32Array;
  let expected: Float32Array;

  beforeAll(async () => {
    runDir = temporaryFolder();
    recipe = (await (await makeRun(runDir, options)).read()).recipe;
    pixels = await pixelsOf(samplePictures(2).slice(0, N), recipe);
    expected = await engineAnswers(runDir, pixels, N);
    // Or a model that always says the same would pass.
    expect(new Set(expected).size).toBe(N);
  });

  test.each(['tfjs', 'keras', 'savedmodel', 'onnx'] as const)(
    '%s gives the predictions of the engine',
    async (format) => {
      const folder = await write(runDir, format);
      const answers = await reloadedAnswers(format, folder, recipe.size, pixels);
      expect(maxDifference(answers, expected)).toBeLessThan(1e-5);
    },
  );

  test('our own reader of ONNX agrees with ONNX Runtime', async () => {
    const folder = await write(runDir, 'onnx');
    const { graph, input, output } = await readOnnxGraph(join(folder, 'model.onnx'));
    graph.signature('predict', { input }, { output });
    const running = await openGraph(graph);
    const tensor = tf.tensor4d(pixels, [N, recipe.size, recipe.size, 3]);
    const answer = running.run('predict', { input: tensor }).output!;
    expect(maxDifference(answer.dataSync(), expected)).toBeLessThan(1e-5);
    tf.dispose([tensor, answer]);
    running.dispose();
  });
});

describe('fewer bits in TensorFlow.js', () => {
  let runDir: string;
  let recipe: Recipe;
  beforeAll(async () => {
    runDir = temporaryFolder();
    await makeRun(runDir, { ...SMALL, units: [256] });
    ({ recipe } = await new RunFolder(runDir).read());
  });

  test('16 and 8 bits are a half and a quarter of the size, and a little less exact', async () => {
    const pixels = await pixelsOf(samplePictures(3), recipe);
    const expected = await engineAnswers(runDir, pixels, 6);
    const sizes: number[] = [];
    for (const [bits, limit] of [
      [32, 1e-5],
      [16, 2e-3],
      [8, 5e-2],
    ] as [KernelBits, number][]) {
      const folder = await write(runDir, 'tfjs', bits);
      const answers = await reloadedAnswers('tfjs', folder, recipe.size, pixels, 6);
      const difference = maxDifference(answers, expected);
      expect(difference).toBeLessThan(limit);
      if (bits !== 32) expect(difference).toBeGreaterThan(0);
      const shards = readdirSync(folder).filter((name) => name.endsWith('.bin'));
      const lengths = shards.map((name) => statSync(join(folder, name)).size);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(4 * 2 ** 20);
      sizes.push(lengths.reduce((sum, length) => sum + length, 0));
    }
    expect(sizes[1]! / sizes[0]!).toBeCloseTo(0.5, 2);
    expect(sizes[2]! / sizes[0]!).toBeCloseTo(0.25, 2);
  });
});

test('a full disk is reported as such, in every format', async (context) => {
  const runDir = temporaryFolder();
  await makeRun(runDir, SMALL);
  const disk = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    context.skip('Mounting a small disk needs root on Linux.');
  }
  try {
    for (const format of ['tfjs', 'keras', 'savedmodel', 'onnx'] as const) {
      const error: unknown = await write(runDir, format, 32, disk).catch((thrown: unknown) => thrown);
      expect({ format, code: toFailure(error).code }).toEqual({ format, code: 'disk-full' });
      rmSync(join(disk, format), { recursive: true });
    }
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});
