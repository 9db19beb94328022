import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { architectureFromKerasConfig } from '../../../main/model/architecture/keras-config.ts';
import { inceptionV3 } from '../../../main/model/architecture/inception-v3.ts';
import { countParameters, layerNamed } from '../../../main/model/architecture/layers.ts';
import { withHead } from '../../../main/model/architecture/with-head.ts';
import { summary } from '../../../main/model/summary.ts';

const reference = (name: string): string =>
  readFileSync(new URL(`../../reference/keras/${name}`, import.meta.url), 'utf8');
const tutorial = withHead(inceptionV3(), { units: [1024], dropout: 0.2 });

describe('InceptionV3', () => {
  it('equals Keras’ configuration of the tutorial’s model: layers, order, shapes, weights', () => {
    const { model_config: config } = JSON.parse(reference('tutorial-config.json')) as {
      model_config: unknown;
    };
    expect(tutorial).toEqual(architectureFromKerasConfig(config));
  });

  it('gives [7, 7, 768] and 8,975,264 parameters at mixed7 with 150 pixels', () => {
    const base = inceptionV3({ size: 150, cut: 'mixed7' });
    expect(layerNamed(base, 'mixed7').outputShape).toEqual([7, 7, 768]);
    expect(countParameters(base.layers)).toBe(8_975_264);
    expect(countParameters(base.layers, true)).toBe(0);
  });

  it('has 94 convolutions up to mixed10, all possible cut layers', () => {
    const whole = inceptionV3({ cut: 'mixed10' });
    expect(whole.layers.filter((layer) => layer.className === 'Conv2D')).toHaveLength(94);
    expect(layerNamed(whole, 'mixed10').outputShape).toEqual([3, 3, 2048]);
    for (const { name, outputShape } of whole.layers) {
      const cut = inceptionV3({ cut: name });
      expect(cut.output).toBe(name);
      expect(cut.layers.at(-1)).toMatchObject({ name, outputShape });
    }
  });

  it('accepts any size from 75 pixels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 75, max: 1024 }), (size) => {
        const { layers } = inceptionV3({ size, cut: 'mixed10' });
        expect(layers.at(-1)!.outputShape.every((length) => length >= 1)).toBe(true);
      }),
    );
    expect(() => inceptionV3({ size: 74 })).toThrow(/at least 75×75.*74/);
    expect(() => inceptionV3({ size: 80.5 })).toThrow(expect.objectContaining({ code: 'size-too-small' }));
  });

  it('names the nearest layers when there is none of that name', () => {
    expect(() => inceptionV3({ cut: 'mixde7' })).toThrow(/"mixde7".*similar names: mixed7,/);
    expect(() => inceptionV3({ cut: 'conv2d_94' })).toThrow(
      expect.objectContaining({ code: 'unknown-layer' }),
    );
  });
});

describe('a head', () => {
  it('numbers several hidden layers as Keras does and leaves Dropout out at 0', () => {
    const names = (units: number[], dropout: number): string[] =>
      withHead(inceptionV3(), { units, dropout })
        .layers.filter((layer) => layer.trainable)
        .map((layer) => layer.name);
    expect(names([64, 32], 0.5)).toEqual(['flatten', 'dense', 'dropout', 'dense_1', 'dropout_1', 'dense_2']);
    expect(names([64], 0)).toEqual(['flatten', 'dense', 'dense_1']);
  });
});

describe('a Keras configuration', () => {
  it('is refused with the field that is not understood', () => {
    const { model_config: config } = JSON.parse(reference('tutorial-config.json')) as {
      model_config: { config: { layers: { config: Record<string, unknown> }[] } };
    };
    config.config.layers[1]!.config.dilation_rate = [2, 2];
    expect(() => architectureFromKerasConfig(config)).toThrow(/dilation_rate/);
    expect(() => architectureFromKerasConfig({ class_name: 'Sequential' })).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });
});

describe('summary', () => {
  it('prints the tutorial’s model as Keras does', () => {
    expect(summary(tutorial)).toBe(reference('tutorial-summary.txt'));
  });

  it('prints the whole network, another size and several hidden layers as Keras does', () => {
    const model = withHead(inceptionV3({ cut: 'mixed10', size: 299 }), { units: [64, 32], dropout: 0.5 });
    expect(summary(model)).toBe(reference('inception-summary-mixed10-299.txt'));
  });

  it('leaves out the connections if the layers are a plain sequence, as Keras does', () => {
    const model = withHead(inceptionV3({ cut: 'activation_4', size: 75 }), { units: [1024], dropout: 0.2 });
    expect(summary(model)).toBe(reference('inception-summary-activation_4-75.txt'));
  });
});
