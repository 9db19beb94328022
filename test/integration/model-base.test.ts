import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { FeatureExtractor, type ExtractorOptions } from '../../main/model/base.ts';
import { tf } from '../../main/model/tensorflow.ts';
import { CANONICAL_TENSORS } from '../../main/model/weights/canonical.ts';
import { importWeights, loadWeights } from '../../main/model/weights/store.ts';
import { temporaryHome, writeKerasFile } from '../kit/weights.ts';

let home: ReturnType<typeof temporaryHome>;
beforeAll(() => {
  home = temporaryHome();
});
afterAll(() => {
  home.remove();
});

const open: FeatureExtractor[] = [];
async function load(options: ExtractorOptions = {}): Promise<FeatureExtractor> {
  const extractor = await FeatureExtractor.load(options);
  open.push(extractor);
  return extractor;
}
afterEach(() => {
  for (const extractor of open.splice(0)) extractor.dispose();
});

const pixels = (n: number, size: number): Float32Array =>
  Float32Array.from(
    { length: n * size * size * 3 },
    (_, i) => (Math.sin(i * 0.37) * Math.cos(i * 0.011) + 1) / 2,
  );
const graphs = (): string[] => readdirSync(join(home.folder, 'graphs'));

describe('the feature extractor', () => {
  it('gives one row of features per picture, however many there are', async () => {
    const extractor = await load();
    expect(extractor.shape).toEqual([7, 7, 768]);
    expect(extractor.features).toBe(37_632);
    const all = pixels(35, 150);
    const together = extractor.extractTo(all, 35);
    expect(together).toHaveLength(35 * 37_632);
    const perPicture = 150 * 150 * 3;
    for (const n of [0, 31, 32, 34]) {
      const alone = extractor.extractTo(all.subarray(n * perPicture, (n + 1) * perPicture), 1);
      const row = together.subarray(n * 37_632, (n + 1) * 37_632);
      expect(Math.max(...alone.map((value, i) => Math.abs(value - row[i]!)))).toBeLessThan(1e-5);
    }
    expect(together.some((value) => value > 0.1)).toBe(true);
  });

  it('keeps no tensors', async () => {
    const extractor = await load();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) extractor.extractTo(pixels(3, 150), 3);
    extractor.extract(pixels(40, 150), 40).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses pixels that are not n pictures', async () => {
    const extractor = await load({ cut: 'activation_2' });
    expect(() => extractor.extract(pixels(2, 150), 3)).toThrow(
      /3 pictures of 150×150 have 202500 values, not 135000/,
    );
  });

  it.each([
    { cut: 'mixed10', size: 75 },
    { cut: 'mixed9_1', size: 201 },
    { cut: 'conv2d_12', size: 90 },
    { cut: 'batch_normalization_11', size: 90 },
    { cut: 'average_pooling2d_3', size: 299 },
    { cut: 'input_1', size: 75 },
  ])('cuts at $cut with $size pixels', async ({ cut, size }) => {
    const extractor = await load({ cut, size });
    expect(extractor.shape).toEqual(inceptionV3({ cut, size }).layers.at(-1)!.outputShape);
    const features = extractor.extractTo(pixels(2, size), 2);
    expect(features).toHaveLength(2 * extractor.features);
    expect(features.every(Number.isFinite)).toBe(true);
    if (cut === 'input_1') expect(features).toEqual(pixels(2, size));
  });

  it('lists the existing layers and weights in errors', async () => {
    await expect(FeatureExtractor.load({ cut: 'mixed99' })).rejects.toMatchObject({ code: 'unknown-layer' });
    await expect(FeatureExtractor.load({ size: 74 })).rejects.toMatchObject({ code: 'size-too-small' });
    await expect(FeatureExtractor.load({ weights: 'nope' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the written graph', () => {
  const options = { cut: 'activation_4', size: 80 };

  it('is reused, and written again when it is damaged', async () => {
    const first = (await load(options)).extractTo(pixels(1, 80), 1);
    const name = graphs().find((entry) => entry.includes('activation_4-80'))!;
    const file = join(home.folder, 'graphs', name, 'saved_model.pb');
    const written = statSync(file).mtimeMs;
    await load(options);
    expect(statSync(file).mtimeMs).toBe(written);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(file, bytes);
    expect((await load(options)).extractTo(pixels(1, 80), 1)).toEqual(first);
    writeFileSync(file, '');
    expect((await load(options)).extractTo(pixels(1, 80), 1)).toEqual(first);
  });

  it('is removed when it has not been used for long, as is one left unfinished', async () => {
    const old = new Date(Date.now() - 5 * 60 * 60 * 1000);
    for (const name of ['a', 'b', 'c', 'd', 'e', '.unfinished-x']) {
      const folder = join(home.folder, 'graphs', name);
      mkdirSync(folder);
      utimesSync(folder, old, old);
    }
    await load(options);
    for (const name of ['a', 'b', 'c', 'd', 'e', '.unfinished-x']) expect(graphs()).not.toContain(name);
    expect(graphs().some((name) => name.includes('activation_4-80'))).toBe(true);
  });
});

describe('weights from a .h5', () => {
  it('are the same as the shipped ones when they hold the same values, in the official layout', async () => {
    const shipped = await loadWeights('default');
    const tensors = await shipped.read(inceptionV3({ cut: 'mixed10' }));
    const file = join(home.folder, 'official-layout.h5');
    await writeKerasFile(
      file,
      CANONICAL_TENSORS.map((tensor) => ({ ...tensor, values: tensors.get(tensor.key)! })),
    );
    const info = await importWeights(file, 'copy');
    expect(info.fingerprint).toBe(shipped.fingerprint);
    expect(info.parameters).toBe(21_802_784);
  });
});

describe('TensorFlow', () => {
  it('gives a clear error if it is missing', () => {
    // A resolver that does not find the package stands for a set-up that has not been run.
    const script = `
      const Module = require('node:module');
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (name, ...rest) {
        if (name === '@tensorflow/tfjs-node') throw new Error('Cannot find module');
        return resolve.call(this, name, ...rest);
      };
      import(${JSON.stringify(new URL('../../main/model/tensorflow.ts', import.meta.url).href)}).catch((error) =>
        console.log(JSON.stringify({ code: error.code, message: error.message })));
    `;
    const printed = execFileSync(process.execPath, ['--import', 'tsx', '--eval', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual({
      code: 'runtime',
      message: expect.stringContaining('Run "npm run setup"') as unknown,
    });
  });
});
