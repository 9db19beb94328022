import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { reload } from '../../../main/export/verify/reload.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { makeRun } from '../../kit/handmade-run.ts';
import {
  engineAnswers,
  here,
  maxDifference,
  pixelsOf,
  python,
  samplePictures,
  temporaryFolder,
  write,
} from '../../kit/export-support.ts';

/** The tutorial's model, whole: 47.5 million parameters. */
describe('the full model', () => {
  const n = 4;
  let runDir: string;
  let pixels: Float32Array;
  let expected: Float32Array;

  beforeAll(async () => {
    runDir = temporaryFolder();
    await makeRun(runDir);
    pixels = await pixelsOf(samplePictures(n / 2), DEFAULT_RECIPE);
    expected = await engineAnswers(runDir, pixels, n);
    expect(new Set(expected).size).toBe(n);
  });

  test('Keras: read with h5py and run in PyTorch, gives the predictions of the engine', async () => {
    const folder = await write(runDir, 'keras');
    const input = join(folder, 'pixels.bin');
    writeFileSync(input, pixels);
    const answers = await python(here('torch_forward.py'), join(folder, 'model.h5'), input);
    expect(maxDifference(JSON.parse(answers) as number[], expected)).toBeLessThan(1e-5);
  });

  test('ONNX: the checker finds nothing, any number of pictures goes in', async () => {
    const folder = await write(runDir, 'onnx');
    const path = join(folder, 'model.onnx');
    expect(JSON.parse(await python(here('check_onnx.py'), path))).toEqual({
      opset: 13,
      inputs: { pictures: [1, 'N', 150, 150, 3] },
      outputs: { probability: [1, 'N', 1] },
      metadata: { classes: '["flags","smileys"]', input: 'RGB, pixel / 255, NHWC' },
    });
    const model = await reload('onnx', folder, 150);
    expect(maxDifference(await model.predict(pixels, n), expected)).toBeLessThan(1e-5);
    const first = await model.predict(pixels.subarray(0, 150 * 150 * 3), 1);
    expect(maxDifference(first, expected.subarray(0, 1))).toBeLessThan(1e-5);
    await model.close();
  });

  test('TensorFlow.js: the same predictions', async () => {
    const folder = await write(runDir, 'tfjs');
    const model = await reload('tfjs', folder, 150);
    expect(maxDifference(await model.predict(pixels, n), expected)).toBeLessThan(1e-5);
    await model.close();
  });
});
