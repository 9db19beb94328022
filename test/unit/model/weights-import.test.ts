import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inceptionV3 } from '../../../main/model/architecture/inception-v3.ts';
import { countParameters } from '../../../main/model/architecture/layers.ts';
import type { CanonicalTensor, Tensors } from '../../../main/model/weights/canonical.ts';
import { importWeights, listWeights, loadWeights } from '../../../main/model/weights/store.ts';
import { someValues, temporaryHome, tensorsTo, writeKerasFile, type KerasLayout } from '../../kit/weights.ts';

type Filled = CanonicalTensor & { values: Float32Array };
const filled = (tensors: readonly CanonicalTensor[]): Filled[] =>
  tensors.map((tensor) => ({ ...tensor, values: someValues(tensor) }));

/** Compares bytes: a deep comparison of large arrays takes seconds. */
function expectSame(received: Float32Array | undefined, expected: Float32Array): void {
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  expect(bytes(received!).equals(bytes(expected))).toBe(true);
}

let home: ReturnType<typeof temporaryHome>;
beforeAll(() => {
  home = temporaryHome();
});
afterAll(() => {
  home.remove();
});
const at = (name: string): string => join(home.folder, name);

describe('importing a Keras .h5 file', () => {
  const mixed0 = filled(tensorsTo('mixed0'));

  const layouts: [string, KerasLayout][] = [
    ['numbered from 1, as the official file', { from: 1 }],
    ['without a number first, as in a fresh session', { from: 0 }],
    ['numbered from 95, as in a later session', { from: 95 }],
    ['of a whole model', { from: 0, wholeModel: true }],
    ['of a whole model whose base is nested', { from: 94, wholeModel: true, nested: 'inception_v3' }],
    ['of Keras 3, names without :0', { from: 0, wholeModel: true, suffix: '' }],
  ];
  it.each(layouts)('reads the same weights from one %s', async (name, layout) => {
    const file = at(`layout-${layouts.findIndex(([other]) => other === name)}.h5`);
    await writeKerasFile(file, mixed0, layout);
    const info = await importWeights(file, 'same');
    const tensors = await (await loadWeights('same')).read(inceptionV3({ cut: 'mixed0' }));
    expect(info).toMatchObject({
      name: 'same',
      available: true,
      parameters: countParameters(inceptionV3({ cut: 'mixed0' }).layers),
    });
    expect([...tensors.keys()].sort()).toEqual(mixed0.map(({ key }) => key).sort());
    for (const { key, values } of mixed0) expectSame(tensors.get(key), values);
    // The name is taken: other weights would be refused, so each layout has given the same fingerprint.
    expect((await loadWeights('same')).fingerprint).toBe(info.fingerprint);
  });

  it('reports its progress in bytes, and stores nothing once it is cancelled', async () => {
    await writeKerasFile(at('seen.h5'), mixed0);
    const values = mixed0.reduce((sum, tensor) => sum + tensor.values.length, 0);
    const seen: number[] = [];
    const abort = new AbortController();
    const onProgress = (doneBytes: number, totalBytes: number): void => {
      expect(totalBytes).toBe(4 * values);
      seen.push(doneBytes);
    };
    await importWeights(at('seen.h5'), 'seen', { onProgress, signal: abort.signal });
    expect(seen).toHaveLength(2 * mixed0.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(4 * values);

    // While it writes: everything is hashed by then.
    const isWriting = (doneBytes: number): void => {
      if (doneBytes > 3 * values) abort.abort();
    };
    const again = importWeights(at('seen.h5'), 'again', { onProgress: isWriting, signal: abort.signal });
    await expect(again).rejects.toMatchObject({ code: 'cancelled' });
    expect((await listWeights()).map(({ name }) => name)).not.toContain('again');
  });

  it('moves a gamma into the preceding convolution', async () => {
    const gammas = mixed0
      .filter(({ key }) => key.endsWith('/beta'))
      .map(({ key, shape }) => ({
        key: key.replace('beta', 'gamma') as Filled['key'],
        shape,
        values: Float32Array.from({ length: shape[0]! }, (_, channel) => 1 + channel / 100),
      }));
    await writeKerasFile(at('gamma.h5'), [...mixed0, ...gammas]);
    await importWeights(at('gamma.h5'), 'gamma');
    const tensors: Tensors = await (await loadWeights('gamma')).read(inceptionV3({ cut: 'mixed0' }));
    const kernel = mixed0.find(({ key }) => key === 'conv2d_3/kernel')!.values;
    const mean = mixed0.find(({ key }) => key === 'batch_normalization_3/moving_mean')!.values;
    const scaled = (values: Float32Array) =>
      values.map((value, i) => value * Math.fround(1 + (i % 80) / 100));
    expectSame(tensors.get('conv2d_3/kernel'), scaled(kernel));
    expectSame(tensors.get('batch_normalization_3/moving_mean'), scaled(mean));
  });

  it('keeps the numbers of a network cut inside a block, which has gaps', async () => {
    const cut = filled(tensorsTo('activation_11'));
    expect(cut.some(({ key }) => key.startsWith('conv2d_10/'))).toBe(false);
    await writeKerasFile(at('gaps.h5'), cut);
    await importWeights(at('gaps.h5'), 'gaps');
    const tensors = await (await loadWeights('gaps')).read(inceptionV3({ cut: 'activation_11' }));
    for (const { key, values } of cut) expectSame(tensors.get(key), values);
  });

  it('explains what is wrong with a file that is not InceptionV3', async () => {
    const odd = mixed0.map((tensor) =>
      tensor.key === 'conv2d_4/kernel'
        ? { ...tensor, shape: [3, 3, 80, 191], values: tensor.values.subarray(0, 3 * 3 * 80 * 191) }
        : tensor,
    );
    await writeKerasFile(at('odd.h5'), odd);
    await expect(importWeights(at('odd.h5'), 'odd')).rejects.toThrow(
      /conv2d_5\/kernel:0 has the shape \[3, 3, 80, 191\] instead of \[3, 3, 80, 192\]/,
    );
    await writeKerasFile(
      at('lacks.h5'),
      mixed0.filter(({ key }) => key !== 'batch_normalization_2/moving_mean'),
    );
    await expect(importWeights(at('lacks.h5'), 'odd')).rejects.toThrow(
      /batch_normalization_2\/moving_mean \(numbered from 0\) is missing/,
    );
    const dense: Filled = { key: 'dense/kernel', shape: [2, 2], values: new Float32Array(4) };
    await writeKerasFile(at('dense.h5'), [dense]);
    await expect(importWeights(at('dense.h5'), 'odd')).rejects.toMatchObject({ code: 'bad-input' });
    expect((await listWeights()).map(({ name }) => name)).not.toContain('odd');
  });

  it('explains what is wrong with a file that is not HDF5, truncated or missing', async () => {
    writeFileSync(at('text.h5'), 'not an HDF5 file at all');
    await expect(importWeights(at('text.h5'), 'bad')).rejects.toMatchObject({ code: 'bad-input' });
    writeFileSync(at('empty.h5'), '');
    await expect(importWeights(at('empty.h5'), 'bad')).rejects.toMatchObject({ code: 'bad-input' });
    await writeKerasFile(at('cut.h5'), mixed0);
    truncateSync(at('cut.h5'), Math.floor(statSync(at('cut.h5')).size / 2));
    await expect(importWeights(at('cut.h5'), 'bad')).rejects.toMatchObject({ code: 'corrupt' });
    await expect(importWeights(at('absent.h5'), 'bad')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('rejects names that are taken or invalid', async () => {
    await writeKerasFile(at('one.h5'), filled(tensorsTo('activation_1')));
    await importWeights(at('one.h5'), 'one');
    await expect(importWeights(at('one.h5'), 'one')).resolves.toMatchObject({ name: 'one' });
    await writeKerasFile(at('two.h5'), filled(tensorsTo('activation_2')));
    await expect(importWeights(at('two.h5'), 'one')).rejects.toMatchObject({ code: 'exists' });
    for (const name of ['default', 'imagenet', 'nsfwjs', 'keras', '', '../x', 'a b', '.hidden']) {
      await expect(importWeights(at('one.h5'), name), name).rejects.toMatchObject({ code: 'bad-input' });
    }
  });
});

describe('the store', () => {
  it('lists shipped, official and imported weights', async () => {
    await writeKerasFile(at('mine.h5'), filled(tensorsTo('activation_1')));
    const mine = await importWeights(at('mine.h5'), 'mine');
    const all = await listWeights();
    expect(all[1]).toMatchObject({
      name: 'nsfwjs',
      available: true,
      parameters: 21_802_784,
      title: 'ImageNet at 8 bits, last blocks fine-tuned for content moderation',
    });
    expect(all[0]).toMatchObject({
      name: 'imagenet',
      title: 'ImageNet, the official Keras file, as in the tutorial',
    });
    expect(all.find(({ name }) => name === 'mine')).toEqual(mine);
    expect(mine.title).toBe('imported from mine.h5');
  });

  it('detects a damaged file, which another import replaces', async () => {
    await writeKerasFile(at('hurt.h5'), filled(tensorsTo('activation_1')));
    await importWeights(at('hurt.h5'), 'hurt');
    const stored = at('weights/hurt.safetensors');
    const bytes = readFileSync(stored);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(stored, bytes);
    const architecture = inceptionV3({ cut: 'activation_1' });
    await expect((await loadWeights('hurt')).read(architecture)).rejects.toMatchObject({ code: 'corrupt' });
    await importWeights(at('hurt.h5'), 'hurt');
    await expect((await loadWeights('hurt')).read(architecture)).resolves.toBeInstanceOf(Map);
    truncateSync(stored, 100);
    expect((await listWeights()).find(({ name }) => name === 'hurt')).toMatchObject({ available: false });
    await expect(loadWeights('hurt')).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('says how to get missing weights', async () => {
    await expect(loadWeights('nope')).rejects.toThrow(
      /no weights named "nope"\. Available names: imagenet, nsfwjs, /,
    );
    await expect(loadWeights('../../etc/passwd')).rejects.toMatchObject({ code: 'not-found' });
    process.env.TWOFOLD_RESOURCES = at('nowhere');
    try {
      for (const name of ['imagenet', 'keras']) {
        await expect(loadWeights(name)).rejects.toThrow(/twofold weights download/);
      }
      await expect(loadWeights('default')).rejects.toThrow(/npm run setup/);
    } finally {
      delete process.env.TWOFOLD_RESOURCES;
    }
  });

  it('reports weights that end before the cut layer', async () => {
    await writeKerasFile(at('short.h5'), filled(tensorsTo('activation_1')));
    await importWeights(at('short.h5'), 'short');
    const weights = await loadWeights('short');
    await expect(weights.read(inceptionV3({ cut: 'activation_2' }))).rejects.toThrow(
      /"short" end before activation_2: conv2d_2\/kernel is missing/,
    );
  });
});
