import { readFile } from 'node:fs/promises';
import { TwofoldError } from '../../../shared/errors.ts';
import { Graph, type Output } from '../../model/graph/graph.ts';
import * as ops from '../../model/graph/layers.ts';
import type { Pair } from '../../model/architecture/layers.ts';
import { decodeOnnx, FLOAT32, type OnnxModel, type OnnxNode } from './schema.ts';

/** A value of the ONNX graph in the TensorFlow graph. Pictures are channels last here, channels first in ONNX. */
interface Value {
  output: Output;
  /** `[channels, height, width]` as in ONNX; null if it is not a picture. */
  picture: readonly [number, number, number] | null;
}

interface Constant {
  dims: number[];
  values: Float32Array;
}

export interface OnnxGraph {
  graph: Graph;
  inputName: string;
  outputName: string;
  input: Output;
  output: Output;
}

/**
 * Reads an ONNX file as a TensorFlow graph, from the bytes alone: it shares nothing with the writer but the field numbers.
 * Verifies exports where onnxruntime is not installed. Supports the operators of a convolutional classifier.
 *
 * @throws TwofoldError `corrupt` if the file is not a valid ONNX model, `unsupported` for other operators
 */
export async function readOnnxGraph(path: string): Promise<OnnxGraph> {
  const model = parse(path, await readFile(path));
  const { node, initializer, input, output } = model.graph;
  const constants = new Map<string, Constant>();
  for (const { name, dims, data_type, raw_data } of initializer) {
    const count = dims.reduce((product, size) => product * size, 1);
    if (data_type !== FLOAT32 || raw_data.length !== count * 4)
      throw corrupt(path, `tensor ${name} does not have ${count} float32 values`);
    // Copied, since the file's bytes need not be aligned.
    constants.set(name, { dims, values: new Float32Array(new Uint8Array(raw_data).buffer) });
  }
  const given = input[0];
  const wanted = output[0];
  if (!given || !wanted) throw corrupt(path, 'it has no input or no output');
  const shape = given.type.tensor_type.shape.dim.map(({ dim_value }) =>
    dim_value === undefined || dim_value === 0 ? -1 : dim_value,
  );
  const graph = new Graph();
  const placeholder = graph.placeholder(given.name, shape);
  const reader = new OnnxReader(graph, constants, path);
  reader.values.set(given.name, { output: placeholder, picture: null });
  for (const each of node) reader.add(each, shape);
  return {
    graph,
    inputName: given.name,
    outputName: wanted.name,
    input: placeholder,
    output: reader.value(wanted.name).output,
  };
}

function parse(path: string, bytes: Uint8Array): OnnxModel {
  try {
    return decodeOnnx(bytes);
  } catch (cause) {
    throw new TwofoldError('corrupt', `${path} is damaged: it is not an ONNX model.`, { cause });
  }
}

const corrupt = (path: string, reason: string): TwofoldError =>
  new TwofoldError('corrupt', `${path} is damaged: ${reason}.`);

class OnnxReader {
  readonly values = new Map<string, Value>();

  constructor(
    private readonly graph: Graph,
    private readonly constants: ReadonlyMap<string, Constant>,
    private readonly path: string,
  ) {}

  value(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw corrupt(this.path, `no node outputs ${name}`);
    return value;
  }

  /** @param inputShape of the graph's input, batch first */
  add(node: OnnxNode, inputShape: readonly number[]): void {
    this.values.set(node.output[0]!, this.#build(node, inputShape));
  }

  #build(node: OnnxNode, inputShape: readonly number[]): Value {
    const { graph } = this;
    const x = this.value(node.input[0]!);
    switch (node.op_type) {
      case 'Transpose': {
        // Channels first becomes channels last, which TensorFlow needs on a CPU.
        if (attribute(node, 'perm').join() !== '0,3,1,2') throw this.#unsupported(node, 'this order of axes');
        const [, height, width, channels] = inputShape as [number, number, number, number];
        return { output: x.output, picture: [channels, height, width] };
      }
      case 'Conv':
        return this.#convolution(node, x);
      case 'MaxPool':
      case 'AveragePool':
        return this.#pool(node, x);
      case 'Concat': {
        if (node.attribute[0]?.i !== 1) throw this.#unsupported(node, 'this axis');
        const parts = node.input.map((name) => this.value(name));
        const [, height, width] = this.#picture(node, x);
        const channels = parts.reduce((sum, part) => sum + this.#picture(node, part)[0], 0);
        const output = ops.concat(
          graph,
          parts.map((part) => part.output),
        );
        return { output, picture: [channels, height, width] };
      }
      case 'Flatten': {
        const [channels, height, width] = this.#picture(node, x);
        const first = graph.node({
          op: 'Transpose',
          inputs: [x.output, graph.constant(Int32Array.of(0, 3, 1, 2))],
          attributes: { T: { type: 'float32' }, Tperm: { type: 'int32' } },
        });
        return { output: ops.reshape(graph, first, [-1, channels * height * width]), picture: null };
      }
      case 'Gemm': {
        const kernel = this.#constant(node, 1);
        const product = ops.matMul(graph, x.output, graph.constant(kernel.values, kernel.dims));
        if (node.input.length < 3) return { output: product, picture: null };
        const bias = graph.constant(this.#constant(node, 2).values);
        return { output: ops.biasAdd(graph, product, bias), picture: null };
      }
      case 'Relu':
        return { ...x, output: ops.relu(graph, x.output) };
      case 'Sigmoid':
        return { ...x, output: ops.sigmoid(graph, x.output) };
      case 'Identity':
        return { ...x, output: ops.identity(graph, x.output) };
      default:
        throw this.#unsupported(node, 'this operator');
    }
  }

  #convolution(node: OnnxNode, x: Value): Value {
    const { graph } = this;
    const kernel = this.#constant(node, 1);
    const [filters, channels, rows, columns] = kernel.dims as [number, number, number, number];
    const hwio = new Float32Array(kernel.values.length);
    let from = 0;
    for (let filter = 0; filter < filters; filter++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let place = 0; place < rows * columns; place++)
          hwio[(place * channels + channel) * filters + filter] = kernel.values[from++]!;
      }
    }
    const { strides, same } = this.#window(node, x, [rows, columns]);
    let output = ops.conv2d(graph, x.output, graph.constant(hwio, [rows, columns, channels, filters]), {
      strides,
      padding: same ? 'same' : 'valid',
    });
    if (node.input.length > 2) {
      output = ops.biasAdd(graph, output, graph.constant(this.#constant(node, 2).values));
    }
    return { output, picture: [filters, ...this.#slid(node, x, [rows, columns])] };
  }

  #pool(node: OnnxNode, x: Value): Value {
    const size = attribute(node, 'kernel_shape') as unknown as Pair;
    const { strides, same } = this.#window(node, x, size);
    const options = { size, strides, padding: same ? 'same' : 'valid' } as const;
    const pool = node.op_type === 'MaxPool' ? ops.maxPool : ops.averagePool;
    return {
      output: pool(this.graph, x.output, options),
      picture: [this.#picture(node, x)[0], ...this.#slid(node, x, size)],
    };
  }

  /** Pads must be those of one of TensorFlow's two paddings. */
  #window(node: OnnxNode, x: Value, size: Pair): { strides: Pair; same: boolean } {
    const strides = attribute(node, 'strides') as unknown as Pair;
    const pads = attribute(node, 'pads');
    if (pads.every((pad) => pad === 0)) return { strides, same: false };
    const [, height, width] = this.#picture(node, x);
    const total = [height, width].map((length, axis) =>
      Math.max(0, (Math.ceil(length / strides[axis]!) - 1) * strides[axis]! + size[axis]! - length),
    );
    const expected = [...total.map((pad) => Math.floor(pad / 2)), ...total.map((pad) => Math.ceil(pad / 2))];
    if (pads.join() !== expected.join()) throw this.#unsupported(node, `pads ${pads.join()}`);
    return { strides, same: true };
  }

  #slid(node: OnnxNode, x: Value, size: Pair): [number, number] {
    const strides = attribute(node, 'strides');
    const pads = attribute(node, 'pads');
    const [, height, width] = this.#picture(node, x);
    const along = (length: number, axis: 0 | 1): number =>
      Math.floor((length + pads[axis]! + pads[axis + 2]! - size[axis]) / strides[axis]!) + 1;
    return [along(height, 0), along(width, 1)];
  }

  #picture(node: OnnxNode, { picture }: Value): readonly [number, number, number] {
    if (!picture) throw this.#unsupported(node, 'an input that is not a picture');
    return picture;
  }

  #constant(node: OnnxNode, index: number): Constant {
    const constant = this.constants.get(node.input[index]!);
    if (!constant) throw corrupt(this.path, `${node.name} has no weights`);
    return constant;
  }

  #unsupported(node: OnnxNode, what: string): TwofoldError {
    return new TwofoldError(
      'unsupported',
      `${this.path}: ${node.op_type} ${node.name} with ${what} can't be verified.`,
    );
  }
}

function attribute(node: OnnxNode, name: string): number[] {
  return node.attribute.find((each) => each.name === name)?.ints ?? [];
}
