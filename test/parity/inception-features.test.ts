import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { Graph } from '../../main/model/graph/graph.ts';
import { openGraph } from '../../main/model/graph/run.ts';
import { addNetwork } from '../../main/model/network.ts';
import { tf } from '../../main/model/tensorflow.ts';
import type { Tensors } from '../../main/model/weights/canonical.ts';
import { loadWeights } from '../../main/model/weights/store.ts';

interface Reference {
  layers: Record<
    string,
    { shape: number[]; mean: number[]; std: number[]; sampleIndex: number[]; sample: number[][] }
  >;
}
const { layers } = JSON.parse(
  readFileSync(new URL('../reference/inception-features.json', import.meta.url), 'utf8'),
) as Reference;
const PICTURES = 3;
const TOLERANCE = 2e-4;

/** The pattern that the reference was computed for, `[3, 150, 150, 3]`. */
function pattern(): Float32Array {
  const pixels = new Float32Array(PICTURES * 150 * 150 * 3);
  let next = 0;
  for (let n = 0; n < PICTURES; n++) {
    for (let row = 0; row < 150; row++) {
      for (let col = 0; col < 150; col++) {
        for (let ch = 0; ch < 3; ch++) {
          pixels[next++] = (Math.sin(0.05 * (n + 1) * row + ch) * Math.cos(0.07 * col - 0.5 * ch) + 1) / 2;
        }
      }
    }
  }
  return pixels;
}

describe.each([
  { name: 'fused', fuse: true },
  { name: 'layer by layer', fuse: false },
])('InceptionV3 with the shipped weights, $name', ({ fuse }) => {
  const activations = new Map<string, Float32Array>();

  beforeAll(async () => {
    const architecture = inceptionV3({ size: 150, cut: 'mixed10' });
    const tensors: Tensors = await (await loadWeights('default')).read(architecture);
    const graph = new Graph();
    const { input, outputs } = addNetwork(graph, architecture, tensors, {
      outputs: Object.keys(layers),
      fuse,
    });
    graph.signature('activations', { input }, outputs);
    const running = await openGraph(graph);
    const pictures = tf.tensor4d(pattern(), [PICTURES, 150, 150, 3]);
    for (const [name, tensor] of Object.entries(running.run('activations', { input: pictures }))) {
      expect(tensor.shape).toEqual([PICTURES, ...layers[name]!.shape]);
      activations.set(name, tensor.dataSync() as Float32Array);
      tensor.dispose();
    }
    pictures.dispose();
    running.dispose();
  });

  it.each(Object.keys(layers))(`gives PyTorch’s activations at %s within ${TOLERANCE}`, (name) => {
    const { shape, mean, std, sampleIndex, sample } = layers[name]!;
    const values = activations.get(name)!;
    const size = shape.reduce((product, length) => product * length, 1);
    for (let n = 0; n < PICTURES; n++) {
      const picture = values.subarray(n * size, (n + 1) * size);
      const worst = Math.max(...sampleIndex.map((index, i) => Math.abs(picture[index]! - sample[n]![i]!)));
      expect(worst).toBeLessThan(TOLERANCE);
      const average = picture.reduce((sum, value) => sum + value, 0) / size;
      const variance = picture.reduce((sum, value) => sum + (value - average) ** 2, 0) / size;
      expect(Math.abs(average - mean[n]!)).toBeLessThan(TOLERANCE);
      expect(Math.abs(Math.sqrt(variance) - std[n]!)).toBeLessThan(TOLERANCE);
    }
  });
});
