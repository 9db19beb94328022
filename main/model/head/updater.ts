import { availableParallelism } from 'node:os';
import type { Graph, Output } from '../graph/graph.ts';
import * as ops from '../graph/layers.ts';
import { allowSharedReads, applyRmsProp, applyRmsPropByRow, type RmsProp } from '../graph/variables.ts';
import { tensorflowVersion } from '../tensorflow.ts';
import { kernelPieces } from './layout.ts';
import type { Parameters, Variable } from './parameters.ts';

/** RMSprop as in Keras: ms = 0.9 ms + 0.1 g²; w -= rate · g / √(ms + 1e-7); no momentum. */
const RHO = 0.9;
const EPSILON = 1e-7;

/** More cores than this only wait for the memory. */
const MOST_CHAINS = 8;
/** In narrower layers, handling a row takes longer than computing it. */
const NARROWEST_BY_ROW = 32;
/** The first version of TensorFlow with `DisableCopyOnRead`. */
const SHARES_READS = [2, 10] as const;

/** How the kernels are updated. */
export interface UpdatePlan {
  /** At most how many chains of updates run at the same time, each on one core. */
  chains: number;
  /** Whether this TensorFlow has the op behind `allowSharedReads`. Without it, each forward pass copies the weights. */
  sharesReads: boolean;
}

/** The fastest plan for this machine and its TensorFlow. */
export function updatePlan(): UpdatePlan {
  const [major = 0, minor = 0] = tensorflowVersion().split('.').map(Number);
  return {
    chains: Math.min(MOST_CHAINS, availableParallelism()),
    sharesReads: major > SHARES_READS[0] || (major === SHARES_READS[0] && minor >= SHARES_READS[1]),
  };
}

/** Adds the gradients of a layer's variables and their updates to the graph. */
export class Updater {
  readonly #constants: Pick<RmsProp, 'learningRate' | 'rho' | 'momentum' | 'epsilon'>;

  constructor(
    private readonly graph: Graph,
    learningRate: Output,
    private readonly plan: UpdatePlan,
  ) {
    this.#constants = {
      learningRate,
      rho: graph.constant(RHO),
      momentum: graph.constant(0),
      epsilon: graph.constant(EPSILON),
    };
  }

  /**
   * @param parts the layer's input by block, [n, rows of the block]
   * @param dz d loss / d output before ReLU, [n, outputs]
   * @param after what must have read the weights before they change
   * @returns the updates
   */
  layer(layer: Parameters, parts: readonly Output[], dz: Output, after: readonly Output[]): Output[] {
    const bias = this.#whole(layer.bias, ops.biasGradient(this.graph, dz), after);
    const kernel = layer.chains.flatMap((chain) => {
      let last = after;
      return chain.flatMap((block) => {
        const updates = this.#block(layer, block, parts[block]!, dz, last);
        last = updates.slice(-1);
        return updates;
      });
    });
    return [bias, ...kernel];
  }

  #block(
    { blocks, layout }: Parameters,
    block: number,
    part: Output,
    dz: Output,
    after: readonly Output[],
  ): Output[] {
    const { graph } = this;
    const variable = blocks[block]!;
    const gradient = (x: Output, earlier: readonly Output[]): Output =>
      ops.matMul(graph, x, dz, { transposeA: true, after: earlier });
    if (layout.outputs < NARROWEST_BY_ROW) return [this.#whole(variable, gradient(part, after), after)];

    const pieces = kernelPieces(layout.blockRows[block]!, layout.outputs);
    const inputs = ops.splitColumns(
      graph,
      part,
      pieces.map(({ length }) => length),
    );
    const updates: Output[] = [];
    for (const [index, rows] of pieces.entries()) {
      const earlier = updates.length > 0 ? updates.slice(-1) : after;
      const update = this.#update(variable, gradient(inputs[index]!, earlier), earlier);
      updates.push(applyRmsPropByRow(graph, { ...update, rows: graph.constant(rows) }));
    }
    if (this.plan.sharesReads) updates.push(allowSharedReads(graph, variable.weights, updates.slice(-1)));
    return updates;
  }

  #whole(variable: Variable, gradient: Output, after: readonly Output[]): Output {
    return applyRmsProp(this.graph, this.#update(variable, gradient, after));
  }

  #update({ weights, meanSquare, slot }: Variable, gradient: Output, after: readonly Output[]): RmsProp {
    return { weights, meanSquare, momentumSlot: slot, gradient, ...this.#constants, after };
  }
}
