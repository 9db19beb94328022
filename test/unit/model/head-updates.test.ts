import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SafetensorsFile, writeSafetensors } from '../../../main/files/safetensors.ts';
import { Graph, type NodeOptions } from '../../../main/model/graph/graph.ts';
import { buildHeadGraph } from '../../../main/model/head/head-graph.ts';
import { Head } from '../../../main/model/head/head.ts';
import { headLayout } from '../../../main/model/head/layout.ts';
import type { UpdatePlan } from '../../../main/model/head/updater.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'twofold-head-updates-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A kernel of four equal blocks and a smaller one, updated in pieces; then one of 16 units, which is updated at once. */
const options = { features: 4 * 1176 + 100, units: [1024, 16], dropout: 0.4, learningRate: 1e-3, seed: 5 };
const layers = headLayout(options);
/** The chains and slots of the first kernel's blocks, by the plan's number of chains. */
const EXPECTED = [
  { most: 1, chains: 1, slots: 2 },
  { most: 3, chains: 3, slots: 3 },
  { most: 8, chains: 5, slots: 5 },
];
const PLANS: UpdatePlan[] = [true, false].flatMap((sharesReads) =>
  EXPECTED.map(({ most }) => ({ chains: most, sharesReads })),
);

function batch(step: number): [features: Float32Array, labels: Float32Array] {
  const n = 4;
  const features = Float32Array.from({ length: n * options.features }, (_, i) => Math.sin(i * 1.3 + step));
  return [features, Float32Array.from({ length: n }, (_, i) => (i + step) % 2)];
}
const BATCHES = [0, 1, 2, 3].map(batch);

/** Everything that training continues from, as bytes by name. */
function stateOf(head: Head): Map<string, Buffer> {
  return new Map(
    head.checkpoint().tensors.map(({ name, pieces }) => {
      const parts = [...(pieces() as Iterable<Float32Array>)];
      return [name, Buffer.concat(parts.map((part) => Buffer.from(part.slice().buffer)))];
    }),
  );
}
const isFinite = (bytes: Buffer): boolean =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).every(Number.isFinite);

describe('plan of the updates', () => {
  const reached = async (plan: UpdatePlan): Promise<{ losses: number[]; state: Map<string, Buffer> }> => {
    const head = await Head.create(options, plan);
    const losses = BATCHES.map(([x, y]) => head.step(x, y).loss);
    const state = stateOf(head);
    head.dispose();
    return { losses, state };
  };
  let expected: Awaited<ReturnType<typeof reached>>;
  beforeAll(async () => {
    expected = await reached(PLANS[0]!);
  });

  it('has a kernel of several equal blocks, and steps that change it', () => {
    expect(layers[0]!.blockRows).toEqual([1176, 1176, 1176, 1176, 100]);
    expect(new Set(expected.losses).size).toBe(BATCHES.length);
    expect([...expected.state.values()].every(isFinite)).toBe(true);
  });

  it.each(PLANS.slice(1))('does not change losses, weights or means, bit for bit: %j', async (plan) => {
    const { losses, state } = await reached(plan);
    expect(losses).toEqual(expected.losses);
    for (const [name, bytes] of state) expect(bytes.equals(expected.state.get(name)!), name).toBe(true);
  });

  it.each([
    { chains: 1, sharesReads: true },
    { chains: 3, sharesReads: false },
  ])('leaves no trace of a step that diverged: %j', async (plan) => {
    const head = await Head.create(options, plan);
    const steps = (): number[] => BATCHES.slice(1, 3).map(([x, y]) => head.step(x, y).loss);
    head.step(...BATCHES[0]!);
    const file = path.join(folder, 'sound.safetensors');
    const { tensors, metadata } = head.checkpoint();
    await writeSafetensors(file, tensors, metadata);
    const losses = steps();
    const state = stateOf(head);

    // Infinite steps, which stay in the slot as well.
    head.learningRate = 3e38;
    steps();
    expect([...stateOf(head)].some(([, bytes]) => !isFinite(bytes))).toBe(true);
    head.learningRate = options.learningRate;
    expect(steps()).toEqual([NaN, NaN]);

    const saved = await SafetensorsFile.open(file);
    await head.restore(saved);
    await saved.close();
    expect(steps()).toEqual(losses);
    for (const [name, bytes] of stateOf(head)) expect(bytes.equals(state.get(name)!), name).toBe(true);
    head.dispose();
  });
});

/** A node of the graph: what it was made from, and all nodes that run before it. */
interface Built extends NodeOptions {
  name: string;
  before: ReadonlySet<string>;
}

function build(plan: UpdatePlan): { graph: Graph; nodes: Map<string, Built> } {
  const added = vi.spyOn(Graph.prototype, 'node');
  const graph = buildHeadGraph(layers, true, plan);
  const nodes = new Map<string, Built>();
  for (const [index, [node]] of added.mock.calls.entries()) {
    const { name } = added.mock.results[index]!.value as { name: string };
    const before = new Set<string>();
    for (const input of [...(node.inputs ?? []), ...(node.after ?? [])]) {
      const earlier = input.name.split(':', 1)[0]!;
      before.add(earlier);
      for (const each of nodes.get(earlier)!.before) before.add(each);
    }
    nodes.set(name, { ...node, name, before });
  }
  added.mockRestore();
  return { graph, nodes };
}

describe.each(PLANS)('graph of the updates: %j', (plan) => {
  const { graph, nodes } = build(plan);
  const expected = EXPECTED.find(({ most }) => most === plan.chains)!;
  const all = [...nodes.values()];
  const updates = all.filter(({ op }) => /^Resource(Sparse)?ApplyRMSProp$/.test(op));
  const handle = (node: Built, index: number): string => node.inputs![index]!.name;
  const ofKernel = updates.filter((update) => handle(update, 0).startsWith('dense/kernel/'));
  const shapeOf = (name: string): unknown => nodes.get(name)!.attributes!.shape;

  it('the equal blocks of a chain share a slot of their shape, no two chains do', () => {
    const slots = new Set(ofKernel.map((update) => handle(update, 2)));
    expect(slots.size).toBe(expected.slots);
    for (const update of updates) {
      const [weights, meanSquare, slot] = [0, 1, 2].map((index) => shapeOf(handle(update, index)));
      expect(meanSquare).toEqual(weights);
      expect(slot).toEqual(weights);
    }
  });

  it('updates with the same slot or variable run one after the other, chains at the same time', () => {
    for (const [index, update] of updates.entries()) {
      for (const later of updates.slice(index + 1)) {
        if ([0, 1, 2].some((input) => handle(update, input) === handle(later, input)))
          expect(later.before.has(update.name) || update.before.has(later.name), later.name).toBe(true);
      }
    }
    const first = ofKernel.filter(({ before }) => !ofKernel.some(({ name }) => before.has(name)));
    expect(first).toHaveLength(expected.chains);
  });

  it('each row is updated once a step', () => {
    const pieces = (block: number): Built[] =>
      ofKernel.filter((update) => handle(update, 0) === `dense/kernel/${block}`);
    expect(layers[0]!.blockRows.map((_, block) => pieces(block).length)).toEqual([8, 8, 8, 8, 1]);
    const { before } = nodes.get(graph.signatures.get('step')!.outputs.loss!.name)!;
    for (const { name } of updates) expect(before.has(name), name).toBe(true);
  });

  it('reads are shared again after the last update of a block', () => {
    const shared = all.filter(({ op }) => op === 'DisableCopyOnRead');
    expect(shared.map((node) => handle(node, 0)).sort()).toEqual(
      plan.sharesReads ? layers[0]!.blockRows.map((_, block) => `dense/kernel/${block}`) : [],
    );
    for (const node of shared) {
      const own = updates.filter((update) => handle(update, 0) === handle(node, 0));
      for (const { name } of own) expect(node.before.has(name), name).toBe(true);
    }
  });

  it('`reset` clears every mean and every slot', () => {
    const { before } = nodes.get(graph.signatures.get('reset')!.outputs.done!.name)!;
    const cleared = all.filter(({ op, name }) => op === 'AssignVariableOp' && before.has(name));
    expect(new Set(cleared.map((node) => handle(node, 0)))).toEqual(
      new Set(updates.flatMap((update) => [handle(update, 1), handle(update, 2)])),
    );
  });
});
