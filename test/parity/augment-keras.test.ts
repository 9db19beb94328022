import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyTransform, IDENTITY } from '../../main/pictures/augment.ts';

/** Outputs of keras_preprocessing's ImageDataGenerator.apply_transform. */
interface Reference {
  image: number[][][];
  shape: [number, number, number];
  cases: {
    params: {
      theta: number;
      tx: number;
      ty: number;
      shear: number;
      zx: number;
      zy: number;
      flip_horizontal: boolean;
    };
    output: number[][][];
  }[];
}
const reference = JSON.parse(
  readFileSync(new URL('../reference/keras-augment.json', import.meta.url), 'utf8'),
) as Reference;
const [height, width] = reference.shape;
const image = reference.image.flat(2);

describe('applyTransform gives what Keras gives', () => {
  for (const { params, output } of reference.cases) {
    const { flip_horizontal: flipHorizontal, ...rest } = params;
    const transform = { ...IDENTITY, ...rest, flipHorizontal };
    test(JSON.stringify(params), () => {
      const expected = output.flat(2);
      for (const source of [Uint8Array.from(image), Float32Array.from(image)]) {
        const out = new Float32Array(image.length);
        applyTransform(source, height, width, transform, out, 1);
        const worst = Math.max(...expected.map((value, i) => Math.abs(value - out[i]!)));
        expect(worst).toBeLessThan(1e-3);
      }
    });
  }
});
