import { TwofoldError } from '../../../shared/errors.ts';
import {
  DATA_TYPES,
  messages,
  shapeMessage,
  tensorMessage,
  type AttributeMessage,
  type DataType,
  type NodeMessage,
} from './messages.ts';

/** An output of a node, the input of other nodes. */
export interface Output {
  /** `node` or `node:index`, as in TensorFlow. */
  readonly name: string;
  readonly type: DataType;
}

/** Value of a node's attribute. Numbers alone are ambiguous in TensorFlow, hence `int` and `float`. */
export type Attribute =
  | { type: DataType }
  | { int: number }
  | { float: number }
  | { bool: boolean }
  | { string: string }
  | { ints: readonly number[] }
  | { shape: readonly number[] };

export interface NodeOptions {
  /** TensorFlow's op, as in `Conv2D`. */
  op: string;
  /** Made unique with a number if it is taken; by default the op's name. */
  name?: string;
  inputs?: readonly Output[];
  /** Nodes that must run before this one, besides its inputs. */
  after?: readonly Output[];
  attributes?: Readonly<Record<string, Attribute>>;
  /** Type of the node's outputs; float32 by default. */
  type?: DataType;
}

interface Signature {
  inputs: Record<string, Output>;
  outputs: Record<string, Output>;
}

type Numbers = Float32Array | Int32Array;

/**
 * A TensorFlow graph under construction: a list of nodes and the signatures (entry points) under which it can be run.
 * `layers.ts` and `variables.ts` hold functions that add the nodes of a network; `run.ts` runs the result.
 *
 * @example
 * const graph = new Graph();
 * const x = graph.placeholder('x', [-1, 4]);
 * const y = relu(graph, matMul(graph, x, graph.constant(weights, [4, 2])));
 * graph.signature('predict', { x }, { y });
 * const running = await openGraph(graph);
 * const { y } = running.run('predict', { x: tensor });
 */
export class Graph {
  readonly #nodes: NodeMessage[] = [];
  readonly #names = new Set<string>();
  readonly #signatures = new Map<string, Signature>();

  /**
   * Adds any node. Most callers want the functions of `layers.ts`.
   *
   * @returns the node's first output; `name:1` … name the others
   */
  node({ op, name, inputs = [], after = [], attributes = {}, type = 'float32' }: NodeOptions): Output {
    const node = new messages.NodeDef();
    const unique = this.#unique(name ?? op);
    node.setName(unique);
    node.setOp(op);
    node.setInputList([
      ...inputs.map((input) => input.name),
      ...after.map((earlier) => `^${earlier.name.split(':', 1)[0]!}`),
    ]);
    const map = node.getAttrMap();
    for (const [key, value] of Object.entries(attributes)) map.set(key, attributeMessage(value));
    this.#nodes.push(node);
    return { name: unique, type };
  }

  /** An input given when the graph runs. @param shape -1 for a dimension of any size */
  placeholder(name: string, shape: readonly number[], type: DataType = 'float32'): Output {
    return this.node({
      op: 'Placeholder',
      name,
      type,
      attributes: { dtype: { type }, shape: { shape } },
    });
  }

  /**
   * A constant. `values` are kept by reference until the graph is written: a large array is not copied.
   *
   * @param values float32 or int32, row-major; a plain number is a float32 scalar
   * @param shape of `values`; by default one dimension, or none for a plain number
   */
  constant(values: Numbers | number, shape?: readonly number[], name = 'Const'): Output {
    const array = typeof values === 'number' ? Float32Array.of(values) : values;
    const dimensions = shape ?? (typeof values === 'number' ? [] : [array.length]);
    const size = dimensions.reduce((product, dimension) => product * dimension, 1);
    if (size !== array.length) {
      throw new TwofoldError(
        'internal',
        `Constant "${name}" of shape [${dimensions.join(', ')}] takes ${size} values, not ${array.length}.`,
      );
    }
    const type: DataType = array instanceof Float32Array ? 'float32' : 'int32';
    const node = this.node({ op: 'Const', name, type, attributes: { dtype: { type } } });
    const value = new messages.AttrValue();
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    value.setTensor(tensorMessage(type, dimensions, bytes));
    this.#nodes.at(-1)!.getAttrMap().set('value', value);
    return node;
  }

  /**
   * Declares an entry point: its placeholders and outputs, with any names. Only the nodes that the outputs need are run.
   * All entry points share the graph's variables.
   */
  signature(name: string, inputs: Record<string, Output>, outputs: Record<string, Output>): void {
    this.#signatures.set(name, { inputs, outputs });
  }

  /** The entry points declared so far. */
  get signatures(): ReadonlyMap<string, Readonly<Signature>> {
    return this.#signatures;
  }

  /** The bytes of `saved_model.pb` (tag `serve`). Large constants are copied once, into the result. */
  serialize(): Uint8Array {
    const graph = new messages.GraphDef();
    const versions = new messages.VersionDef();
    // The version of graphs that TensorFlow 1.15 writes: every later library reads it.
    versions.setProducer(134);
    graph.setVersions(versions);
    graph.setNodeList(this.#nodes);

    const meta = new messages.MetaGraphDef();
    const info = new messages.MetaGraphDef.MetaInfoDef();
    info.setTagsList(['serve']);
    meta.setMetaInfoDef(info);
    meta.setGraphDef(graph);
    for (const [name, { inputs, outputs }] of this.#signatures) {
      const signature = new messages.SignatureDef();
      signature.setMethodName('tensorflow/serving/predict');
      for (const [key, output] of Object.entries(inputs))
        signature.getInputsMap().set(key, infoMessage(output));
      for (const [key, output] of Object.entries(outputs))
        signature.getOutputsMap().set(key, infoMessage(output));
      meta.getSignatureDefMap().set(name, signature);
    }

    const model = new messages.SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.setMetaGraphsList([meta]);
    return model.serializeBinary();
  }

  #unique(name: string): string {
    let candidate = name;
    for (let suffix = 1; this.#names.has(candidate); suffix++) candidate = `${name}_${suffix}`;
    this.#names.add(candidate);
    return candidate;
  }
}

/** `node` as `node:0`, as signatures name outputs. */
export function outputName(output: Output): string {
  return output.name.includes(':') ? output.name : `${output.name}:0`;
}

function infoMessage(output: Output): unknown {
  const info = new messages.TensorInfo();
  info.setName(outputName(output));
  info.setDtype(DATA_TYPES[output.type]);
  const shape = new messages.TensorShape() as unknown as { setUnknownRank(unknown: boolean): void };
  shape.setUnknownRank(true);
  info.setTensorShape(shape);
  return info;
}

function attributeMessage(attribute: Attribute): AttributeMessage {
  const message = new messages.AttrValue();
  if ('type' in attribute) message.setType(DATA_TYPES[attribute.type]);
  else if ('int' in attribute) message.setI(attribute.int);
  else if ('float' in attribute) message.setF(attribute.float);
  else if ('bool' in attribute) message.setB(attribute.bool);
  else if ('string' in attribute) message.setS(Buffer.from(attribute.string).toString('base64'));
  else if ('shape' in attribute) message.setShape(shapeMessage(attribute.shape));
  else {
    const list = new messages.AttrValue.ListValue();
    list.setIList([...attribute.ints]);
    message.setList(list);
  }
  return message;
}
