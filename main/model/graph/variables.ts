/** Nodes for values that stay in a session between runs. All are float32. */
import type { Attribute, Graph, Output } from './graph.ts';

const DTYPE: Record<string, Attribute> = { dtype: { type: 'float32' } };

/**
 * A variable, as a handle for the other functions here. It has no value until one is assigned.
 *
 * @param name must be unique in the session; the graph's own session holds the value
 */
export function variable(graph: Graph, name: string, shape: readonly number[]): Output {
  return graph.node({
    op: 'VarHandleOp',
    name,
    type: 'resource',
    attributes: { ...DTYPE, shape: { shape }, shared_name: { string: name } },
  });
}

/**
 * The value of a variable. It shares the variable's memory: an update while the value is still in use makes TensorFlow
 * copy the whole variable, so order updates after the last use (`after`).
 */
export function readVariable(graph: Graph, handle: Output, after: readonly Output[] = []): Output {
  return graph.node({
    op: 'ReadVariableOp',
    name: `${handle.name}/read`,
    inputs: [handle],
    after,
    attributes: DTYPE,
  });
}

/** Replaces a variable's value; the variable takes the tensor's memory over. @returns the node, for `after` */
export function assignVariable(graph: Graph, handle: Output, value: Output): Output {
  return graph.node({
    op: 'AssignVariableOp',
    name: `${handle.name}/assign`,
    inputs: [handle, value],
    attributes: DTYPE,
  });
}

export interface RmsProp {
  /** Handles: the weights, the running mean of squared gradients, and room for one step. */
  weights: Output;
  meanSquare: Output;
  momentumSlot: Output;
  gradient: Output;
  /** Scalars. */
  learningRate: Output;
  rho: Output;
  momentum: Output;
  epsilon: Output;
  after?: readonly Output[];
}

/**
 * TensorFlow's fused RMSprop: meanSquare = rho * meanSquare + (1 - rho) * gradient²; slot = momentum * slot +
 * learningRate * gradient / sqrt(meanSquare + epsilon); weights -= slot. @returns the node, for `after`
 */
export function applyRmsProp(graph: Graph, update: RmsProp): Output {
  const {
    weights,
    meanSquare,
    momentumSlot,
    gradient,
    learningRate,
    rho,
    momentum,
    epsilon,
    after = [],
  } = update;
  return graph.node({
    op: 'ResourceApplyRMSProp',
    name: `${weights.name}/update`,
    inputs: [weights, meanSquare, momentumSlot, learningRate, rho, momentum, epsilon, gradient],
    after,
    attributes: { T: { type: 'float32' }, use_locking: { bool: false } },
  });
}

/**
 * As `applyRmsProp` for some rows only, on one thread: TensorFlow's kernel for sparse gradients. It finishes each row before
 * the next, so a row is read from memory once, where the other kernel runs over the whole arrays three times.
 *
 * From then on, reading the weights copies them until `allowSharedReads`.
 *
 * @param update its `gradient` has the rows in question only; other operands are whole
 * @param update.rows their numbers, int32
 */
export function applyRmsPropByRow(graph: Graph, { rows, ...update }: RmsProp & { rows: Output }): Output {
  const { weights, meanSquare, momentumSlot, learningRate, rho, momentum, epsilon, gradient, after } = update;
  return graph.node({
    op: 'ResourceSparseApplyRMSProp',
    name: `${weights.name}/update`,
    inputs: [weights, meanSquare, momentumSlot, learningRate, rho, momentum, epsilon, gradient, rows],
    after: after ?? [],
    attributes: { T: { type: 'float32' }, Tindices: { type: 'int32' }, use_locking: { bool: false } },
  });
}

/**
 * Lets a variable's value be read without a copy again. Needs TensorFlow 2.10 and must not run at the same time as an update
 * of this variable. @returns the node, for `after`
 */
export function allowSharedReads(graph: Graph, handle: Output, after: readonly Output[]): Output {
  return graph.node({
    op: 'DisableCopyOnRead',
    name: `${handle.name}/shared`,
    inputs: [handle],
    after,
  });
}

/** Does nothing but wait for `after`; its result is `value`. For an output that stands for a series of updates. */
export function withDependencies(
  graph: Graph,
  value: Output,
  after: readonly Output[],
  name: string,
): Output {
  return graph.node({
    op: 'Identity',
    name,
    type: value.type,
    inputs: [value],
    after,
    attributes: { T: { type: value.type } },
  });
}
