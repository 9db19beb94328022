import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Graph, type Output } from '../../main/model/graph/graph.ts';
import * as ops from '../../main/model/graph/layers.ts';
import { openGraph, writeGraph } from '../../main/model/graph/run.ts';
import {
  applyRmsProp,
  assignVariable,
  readVariable,
  variable,
  withDependencies,
} from '../../main/model/graph/variables.ts';
import { tf, type Tensor } from '../../main/model/tensorflow.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'twofold-graph-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 1.7));

/** Runs a graph of one input and one output. */
async function through(x: Tensor, build: (graph: Graph, x: Output) => Output): Promise<Tensor> {
  const graph = new Graph();
  const input = graph.placeholder('x', [-1, ...x.shape.slice(1)]);
  graph.signature('run', { x: input }, { y: build(graph, input) });
  const running = await openGraph(graph);
  const { y } = running.run('run', { x });
  running.dispose();
  return y!;
}

function expectSame(received: Tensor, expected: Tensor): void {
  expect(received.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  received.dataSync().forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 5));
}

/** A variable with signatures to assign (`assign`) and read (`read`) it. */
function storedVariable(graph: Graph, shape: readonly number[]): Output {
  const handle = variable(graph, 'w', shape);
  const value = graph.placeholder('value', shape);
  const assigned = assignVariable(graph, handle, value);
  graph.signature(
    'assign',
    { value },
    { done: withDependencies(graph, graph.constant(0), [assigned], 'assigned') },
  );
  graph.signature('read', {}, { value: readVariable(graph, handle) });
  return handle;
}

describe('layers of a graph', () => {
  const picture = tf.tensor4d(wave(2 * 7 * 6 * 3), [2, 7, 6, 3]);
  const filter = wave(3 * 2 * 3 * 4);
  const channel = (scale: number): Float32Array => Float32Array.of(0.5, 1, 2).map((v) => v * scale);

  it.each([
    ['valid', [1, 1]],
    ['same', [1, 1]],
    ['valid', [2, 2]],
    ['same', [2, 2]],
  ] as const)('convolve with padding %s and strides %j, with bias and relu', async (padding, strides) => {
    const y = await through(picture, (graph, x) => {
      const kernel = graph.constant(filter, [3, 2, 3, 4]);
      const convolved = ops.conv2d(graph, x, kernel, { padding, strides });
      return ops.relu(graph, ops.biasAdd(graph, convolved, graph.constant(wave(4))));
    });
    const kernel = tf.tensor4d(filter, [3, 2, 3, 4]);
    expectSame(
      y,
      tf
        .conv2d(picture, kernel, [...strides], padding)
        .add(tf.tensor1d(wave(4)))
        .relu(),
    );
  });

  it.each(['valid', 'same'] as const)(
    'pool with padding %s, which does not count in means',
    async (padding) => {
      const pool = { size: [3, 3], strides: [2, 1], padding } as const;
      expectSame(
        await through(picture, (graph, x) => ops.maxPool(graph, x, pool)),
        tf.maxPool(picture, [3, 3], [2, 1], padding),
      );
      expectSame(
        await through(picture, (graph, x) => ops.averagePool(graph, x, pool)),
        tf.avgPool(picture, [3, 3], [2, 1], padding),
      );
    },
  );

  it('pool with strides of the window’s size by default', async () => {
    const y = await through(picture, (graph, x) => ops.maxPool(graph, x, { size: [2, 3] }));
    expect(y.shape).toEqual([2, 3, 2, 3]);
  });

  it('normalise with moving statistics', async () => {
    const y = await through(picture, (graph, x) =>
      ops.batchNorm(graph, x, {
        mean: graph.constant(channel(0.1)),
        variance: graph.constant(channel(1)),
        beta: graph.constant(channel(-1)),
        gamma: graph.constant(channel(3)),
        epsilon: 1e-3,
      }),
    );
    const [mean, variance, beta, gamma] = [0.1, 1, -1, 3].map((scale) => tf.tensor1d(channel(scale)));
    expectSame(y, tf.batchNorm4d(picture, mean!, variance!, beta, gamma, 1e-3));
  });

  it('join, reshape and reduce', async () => {
    const y = await through(picture, (graph, x) => ops.concat(graph, [x, ops.negative(graph, x)]));
    expectSame(y, tf.concat([picture, picture.neg()], 3));
    const joined = await through(picture, (graph, x) => ops.concat(graph, [x, x], 1));
    expect(joined.shape).toEqual([2, 14, 6, 3]);
    expectSame(
      await through(picture, (graph, x) => ops.reshape(graph, x, [-1, 126])),
      picture.reshape([2, 126]),
    );
    expectSame(
      await through(picture, (graph, x) => ops.reduce(graph, 'Mean', x, [1, 2])),
      picture.mean([1, 2]),
    );
    expectSame(
      await through(picture, (graph, x) => ops.reduce(graph, 'Sum', x, [0, 1, 2, 3])),
      picture.sum(),
    );
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiply matrices, transposed %s and %s', async (transposeA, transposeB) => {
    const a = tf.tensor2d(wave(16), [4, 4]);
    const b = wave(16).map((v) => v + 1);
    const y = await through(a, (graph, x) =>
      ops.matMul(graph, x, graph.constant(b, [4, 4]), { transposeA, transposeB }),
    );
    expectSame(y, tf.matMul(a, tf.tensor2d(b, [4, 4]), transposeA, transposeB));
  });

  it.each([
    ['sigmoid', ops.sigmoid, (x: Tensor) => x.sigmoid()],
    [
      'log1p',
      (graph: Graph, x: Output) => ops.log1p(graph, ops.abs(graph, x)),
      (x: Tensor) => x.abs().log1p(),
    ],
    ['exp', ops.exp, (x: Tensor) => x.exp()],
    ['add', (graph: Graph, x: Output) => ops.add(graph, x, x), (x: Tensor) => x.mul(2)],
    [
      'subtract',
      (graph: Graph, x: Output) => ops.subtract(graph, x, graph.constant(2)),
      (x: Tensor) => x.sub(2),
    ],
    ['multiply', (graph: Graph, x: Output) => ops.multiply(graph, x, x), (x: Tensor) => x.square()],
    [
      'reluGradient',
      (graph: Graph, x: Output) => ops.reluGradient(graph, x, ops.negative(graph, x)),
      (x: Tensor) => x.mul(x.less(0).cast('float32')),
    ],
    ['biasGradient', ops.biasGradient, (x: Tensor) => x.sum(0)],
  ] as const)('apply %s', async (_, ours, theirs) => {
    const x = tf.tensor2d(wave(12), [4, 3]);
    expectSame(await through(x, (graph, input) => ours(graph, input)), theirs(x));
  });

  it('give the further outputs of a node by their index', async () => {
    const x = tf.tensor2d(wave(12), [2, 6]);
    const y = await through(x, (graph, input) => {
      const axis = graph.constant(Int32Array.of(1), []);
      const split = graph.node({
        op: 'Split',
        inputs: [axis, input],
        attributes: { T: { type: 'float32' }, num_split: { int: 3 } },
      });
      return { name: `${split.name}:2`, type: 'float32' };
    });
    expectSame(y, x.slice([0, 4], [2, 2]));
  });
});

describe('a running graph', () => {
  it('shares variables between its entry points and with no other graph', async () => {
    const graph = new Graph();
    storedVariable(graph, [2]);
    const [one, two] = await Promise.all([openGraph(graph), openGraph(graph)]);
    const assign = (running: typeof one, values: number[]): void => {
      running.run('assign', { value: tf.tensor1d(values) });
    };
    assign(one, [1, 2]);
    assign(two, [3, 4]);
    expect([...one.run('read').value!.dataSync()]).toEqual([1, 2]);
    two.dispose();
    expect([...one.run('read').value!.dataSync()]).toEqual([1, 2]);
    one.dispose();
  });

  it('updates variables as RMSprop does, and leaves values that were read before unchanged', async () => {
    const graph = new Graph();
    const weights = storedVariable(graph, [3]);
    const meanSquare = variable(graph, 'ms', [3]);
    const slot = variable(graph, 'slot', [3]);
    const zeroed = [meanSquare, slot].map((handle) =>
      assignVariable(graph, handle, graph.constant(new Float32Array(3))),
    );
    graph.signature('zero', {}, { done: withDependencies(graph, graph.constant(0), zeroed, 'zeroed') });
    const gradient = graph.placeholder('gradient', [3]);
    const update = applyRmsProp(graph, {
      weights,
      meanSquare,
      momentumSlot: slot,
      gradient,
      learningRate: graph.constant(0.1),
      rho: graph.constant(0.9),
      momentum: graph.constant(0),
      epsilon: graph.constant(1e-7),
    });
    // Read only after the update, in the same run: without the dependency it could be either value.
    graph.signature('update', { gradient }, { updated: readVariable(graph, weights, [update]) });
    const running = await openGraph(graph);
    running.run('assign', { value: tf.tensor1d([1, -1, 0]) });
    running.run('zero');
    const before = running.run('read').value!;

    const expected = [1, -1, 0];
    const squares = [0, 0, 0];
    for (const g of [
      [0.5, 1e-5, 0],
      [-3, 2, 0],
      [0.1, 0.1, 1e-4],
    ]) {
      const { updated } = running.run('update', { gradient: tf.tensor1d(g) });
      g.forEach((value, i) => {
        squares[i] = 0.9 * squares[i]! + 0.1 * value ** 2;
        expected[i]! -= (0.1 * value) / Math.sqrt(squares[i] + 1e-7);
      });
      updated!.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    }
    expect([...before.dataSync()]).toEqual([1, -1, 0]);
    running.dispose();
  });

  it('leaves no tensors but its outputs, and no files', async () => {
    const parent = path.join(folder, 'où – 图');
    mkdirSync(parent);
    const before = tf.memory().numTensors;
    const graph = new Graph();
    storedVariable(graph, [1000]);
    const running = await openGraph(graph, parent);
    expect(readdirSync(parent)).toEqual([]);
    tf.tidy(() => {
      for (let i = 0; i < 20; i++) {
        running.run('assign', { value: tf.zeros([1000]) });
        running.run('read');
      }
    });
    running.dispose();
    running.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reports a missing input, an unknown entry point, use after disposal and a constant of the wrong size', async () => {
    const graph = new Graph();
    storedVariable(graph, [2]);
    expect(() => graph.constant(wave(3), [2, 2], 'bias')).toThrow(
      /"bias" of shape \[2, 2\] takes 4 values, not 3/,
    );
    const running = await openGraph(graph);
    expect(() => running.run('assign')).toThrow(/"assign" needs the input "value"/);
    expect(() => running.run('train')).toThrow(/"train": it has no such signature/);
    running.dispose();
    expect(() => running.run('read')).toThrow(/"read": the graph was disposed/);
  });

  it('is written as a SavedModel that tf.node reads, with names made unique', async () => {
    const graph = new Graph();
    const x = graph.placeholder('x', [-1, 2]);
    const twice = ops.add(graph, x, x, 'sum');
    const thrice = ops.add(graph, twice, x, 'sum');
    expect([twice.name, thrice.name]).toEqual(['sum', 'sum_1']);
    graph.signature('twice', { x }, { y: twice });
    graph.signature('thrice', { x }, { y: thrice });
    const directory = path.join(folder, 'saved');
    await writeGraph(graph, directory);
    const [info] = await tf.node.getMetaGraphsFromSavedModel(directory);
    expect(info!.tags).toEqual(['serve']);
    expect(Object.keys(info!.signatureDefs).sort()).toEqual(['thrice', 'twice']);
    const model = await tf.node.loadSavedModel(directory, ['serve'], 'thrice');
    const { y } = model.predict({ x: tf.tensor2d([[1, 2]]) }) as Record<string, Tensor>;
    expect([...y!.dataSync()]).toEqual([3, 6]);
    model.dispose();
  });
});
