import type { Graph, Output } from '../graph/graph.ts';
import { assignVariable, variable } from '../graph/variables.ts';
import { biasOf, kernelBlocks, meanSquareOf, type DenseLayout, type VariableLayout } from './layout.ts';

/** A variable of a layer with what the optimiser needs for it. Outputs are handles. */
export class Variable {
  readonly weights: Output;
  readonly meanSquare: Output;

  constructor(
    graph: Graph,
    readonly layout: VariableLayout,
    readonly slot: Output,
  ) {
    this.weights = variable(graph, layout.name, layout.shape);
    this.meanSquare = variable(graph, meanSquareOf(layout).name, layout.shape);
  }
}

/** The variables of one Dense layer. */
export class Parameters {
  /** The kernel's blocks of rows. */
  readonly blocks: Variable[];
  readonly bias: Variable;
  /** The blocks whose updates run one after the other; the chains run at the same time. */
  readonly chains: readonly (readonly number[])[];

  /** @param chains at most how many */
  constructor(
    private readonly graph: Graph,
    readonly layout: DenseLayout,
    chains: number,
  ) {
    const layouts = kernelBlocks(layout);
    const length = Math.ceil(layouts.length / chains);
    const chainOf = (block: number): number => Math.floor(block / length);
    // Without momentum the third slot carries nothing from step to step (it is multiplied by 0), so the blocks of a chain
    // that have the same shape share one: 150 MB less to hold and to move.
    const slots = new Map<string, Output>();
    const slotFor = ({ shape }: VariableLayout, chain: number): Output => {
      const key = `${chain}/${shape.join('x')}`;
      const slot = slots.get(key) ?? variable(graph, `slot/${layout.name}/${key}`, shape);
      slots.set(key, slot);
      return slot;
    };
    this.blocks = layouts.map((block, index) => new Variable(graph, block, slotFor(block, chainOf(index))));
    this.bias = new Variable(graph, biasOf(layout), slotFor(biasOf(layout), 0));
    this.chains = Array.from({ length: Math.ceil(layouts.length / length) }, (_, chain) =>
      layouts.flatMap((_block, index) => (chainOf(index) === chain ? [index] : [])),
    );
  }

  get stored(): [name: string, handle: Output, shape: readonly number[]][] {
    return [...this.blocks, this.bias].flatMap(({ layout, weights, meanSquare }) => [
      [layout.name, weights, layout.shape],
      [meanSquareOf(layout).name, meanSquare, layout.shape],
    ]);
  }

  zeroOptimizer(): Output[] {
    return [...this.blocks, this.bias].flatMap(({ layout, meanSquare, slot }) =>
      [meanSquare, slot].map((handle) => assignVariable(this.graph, handle, zeros(this.graph, layout.shape))),
    );
  }
}

function zeros(graph: Graph, shape: readonly number[]): Output {
  const dimensions = graph.constant(Int32Array.from(shape), [shape.length]);
  const attributes = { T: { type: 'float32' }, index_type: { type: 'int32' } } as const;
  return graph.node({ op: 'Fill', inputs: [dimensions, graph.constant(0)], attributes });
}
