import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { architectureFromKerasConfig } from '../../main/model/architecture/keras-config.ts';
import type { Architecture } from '../../main/model/architecture/layers.ts';
import { findFusions } from '../../main/model/fusion.ts';
import { Graph } from '../../main/model/graph/graph.ts';
import { openGraph } from '../../main/model/graph/run.ts';
import { addNetwork } from '../../main/model/network.ts';
import { tf, type TensorLike } from '../../main/model/tensorflow.ts';
import type { TensorKey, Tensors } from '../../main/model/weights/canonical.ts';
import { openKerasFile } from '../../main/model/weights/keras-h5.ts';

const path = (name: string): string => fileURLToPath(new URL(`../reference/keras/${name}`, import.meta.url));
const reference = JSON.parse(readFileSync(path('small.json'), 'utf8')) as {
  input: TensorLike;
  activations: Record<string, { shape: number[]; values: number[] }>;
};

async function readModel(name: string): Promise<{ architecture: Architecture; tensors: Tensors }> {
  const file = await openKerasFile(path(name));
  try {
    const tensors = new Map(
      [...file.shapes.keys()].map((key) => [key.replace(/:0$/, '') as TensorKey, file.read(key).values]),
    );
    return { architecture: architectureFromKerasConfig(file.modelConfig), tensors };
  } finally {
    file.close();
  }
}

describe('a small network that Keras saved', () => {
  let model: Awaited<ReturnType<typeof readModel>>;
  beforeAll(async () => {
    model = await readModel('small.h5');
  });
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(0);
  });

  async function worstDifferences(outputs: string[], fuse: boolean): Promise<Record<string, number>> {
    const graph = new Graph();
    const network = addNetwork(graph, model.architecture, model.tensors, { outputs, fuse });
    graph.signature('all', { input: network.input }, network.outputs);
    const running = await openGraph(graph);
    const input = tf.tensor(reference.input, [2, 12, 12, 3], 'float32');
    const worst: Record<string, number> = {};
    for (const [name, tensor] of Object.entries(running.run('all', { input }))) {
      const { shape, values } = reference.activations[name]!;
      expect(tensor.shape).toEqual(shape);
      const received = tensor.dataSync();
      worst[name] = Math.max(...values.map((value, i) => Math.abs(value - received[i]!)));
      tensor.dispose();
    }
    input.dispose();
    running.dispose();
    return worst;
  }

  it('gives every activation of every layer as Keras does, layer by layer', async () => {
    const names = Object.keys(reference.activations);
    expect(model.architecture.layers.map(({ name }) => name)).toEqual(names);
    const worst = await worstDifferences(names, false);
    expect(Object.keys(worst)).toHaveLength(20);
    for (const name of names) expect(worst[name], name).toBeLessThan(1e-5);
  });

  it('gives the same with normalisation folded and pooling moved', async () => {
    const fusions = findFusions(model.architecture, []);
    expect(fusions.size).toBe(4);
    expect([...fusions.values()].filter(({ pooling }) => pooling !== null)).toHaveLength(1);
    const absorbed = [...fusions.values()].flatMap(({ convolution, pooling }) => [
      convolution.name,
      pooling?.name,
    ]);
    const names = Object.keys(reference.activations).filter((name) => !absorbed.includes(name));
    const worst = await worstDifferences(names, true);
    for (const name of names) expect(worst[name], name).toBeLessThan(1e-5);
  });

  it('gives outputs as they are even where they could be fused away', async () => {
    const worst = await worstDifferences(['average_pooling2d', 'conv2d_3', 'dense_1'], true);
    for (const difference of Object.values(worst)) expect(difference).toBeLessThan(1e-5);
  });
});

describe('Keras 3', () => {
  it('writes models that are read as those of Keras 2', async () => {
    const three = await readModel('weights-keras3.h5');
    const two = await readModel('small.h5');
    const shapes = ({ layers }: Architecture) =>
      layers.map(({ outputShape, weights }) => ({ outputShape, weights: weights.map((w) => w.shape) }));
    expect(shapes(three.architecture)).toEqual(shapes(two.architecture));
    expect([...three.tensors.keys()].sort()).toEqual([...two.tensors.keys()].sort());
  });
});
