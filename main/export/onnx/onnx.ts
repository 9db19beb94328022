import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActivationName, LayerSpec, Padding, Pair } from '../../model/architecture/layers.ts';
import { foldBatchNorm } from '../../model/fold.ts';
import { INPUT, ONNX_MODEL, ONNX_OPSET, OUTPUT } from '../formats.ts';
import type { ExportModel } from '../model.ts';
import {
  ATTRIBUTE_TYPE,
  encodeOnnx,
  FLOAT32,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './schema.ts';
import { checkSize } from '../savedmodel/savedmodel.ts';

/** Version of the file format that was introduced with opset 13; runtimes since 2021 read it. */
const IR_VERSION = 7;

type Layer<Class extends LayerSpec['className']> = Extract<LayerSpec, { className: Class }>;

/**
 * Writes an ONNX model for inference: input `pictures` `[N, size, size, 3]` float32, 0..1, any N; output `probability`
 * `[N, 1]` of class 1. Inside, pictures are channels first, as ONNX requires: there is a transpose at the start, and the
 * rows of the first Dense kernel are in the order of the flattened channels-first features.
 *
 * @param between called between layers; what it throws ends the writing
 */
export async function writeOnnx(
  model: ExportModel,
  directory: string,
  versions: { twofold: string },
  between: () => Promise<void>,
): Promise<void> {
  checkSize(model, 'ONNX');
  const builder = new OnnxBuilder(model);
  for (const layer of model.architecture.layers) {
    await between();
    await builder.add(layer);
  }
  const bytes = encodeOnnx({
    ir_version: IR_VERSION,
    producer_name: 'Twofold',
    producer_version: versions.twofold,
    opset_import: [{ domain: '', version: ONNX_OPSET }],
    graph: builder.graph(),
    metadata_props: [
      { key: 'classes', value: JSON.stringify(model.run.classes) },
      { key: 'input', value: 'RGB, pixel / 255, NHWC' },
    ],
  });
  await between();
  await writeFile(join(directory, ONNX_MODEL), bytes);
}

class OnnxBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  /** Name of the value with a layer's output. */
  readonly #values = new Map<string, string>();
  readonly #layers: ReadonlyMap<string, LayerSpec>;
  /** Convolutions into which the batch normalisation after them is folded. */
  readonly #folded: ReadonlySet<string>;

  constructor(private readonly model: ExportModel) {
    const { layers } = model.architecture;
    this.#layers = new Map(layers.map((layer) => [layer.name, layer]));
    this.#folded = new Set(
      layers.flatMap((layer) => (layer.className === 'BatchNormalization' ? layer.inbound : [])),
    );
  }

  graph(): OnnxModel['graph'] {
    const { input, output } = this.model.architecture;
    this.#node('Identity', [this.#values.get(output)!], OUTPUT, []);
    return {
      name: 'twofold',
      node: this.#nodes,
      initializer: this.#initializers,
      input: [valueInfo(INPUT, this.#layers.get(input)!.outputShape)],
      output: [valueInfo(OUTPUT, this.#layers.get(output)!.outputShape)],
    };
  }

  async add(layer: LayerSpec): Promise<void> {
    if (this.#folded.has(layer.name)) return;
    this.#values.set(layer.name, await this.#build(layer));
  }

  async #build(layer: LayerSpec): Promise<string> {
    const { name } = layer;
    const x = layer.inbound.map((from) => this.#values.get(from)!);
    switch (layer.className) {
      case 'InputLayer':
        return this.#node('Transpose', [INPUT], name, [ints('perm', [0, 3, 1, 2])]);
      case 'Conv2D': {
        const kernel = await this.model.read(layer, 'kernel');
        const bias = layer.useBias ? await this.model.read(layer, 'bias') : undefined;
        return this.#activation(layer.activation, this.#convolution(layer, x[0], kernel, bias), name);
      }
      case 'BatchNormalization':
        return this.#foldedConvolution(layer);
      case 'Activation':
        return this.#activation(layer.activation, x[0]!, name);
      case 'MaxPooling2D':
        return this.#node('MaxPool', x, name, this.#window(layer, layer.poolSize));
      case 'AveragePooling2D':
        return this.#node('AveragePool', x, name, [
          ...this.#window(layer, layer.poolSize),
          int('count_include_pad', 0),
        ]);
      case 'Concatenate':
        return this.#node('Concat', x, name, [int('axis', 1)]);
      case 'Flatten':
        return this.#node('Flatten', x, name, [int('axis', 1)]);
      case 'Dense':
        return this.#dense(layer, x[0]!);
      case 'Dropout':
        return x[0]!;
    }
  }

  async #foldedConvolution(layer: Layer<'BatchNormalization'>): Promise<string> {
    const convolution = this.#layers.get(layer.inbound[0]!) as Layer<'Conv2D'>;
    const { kernel, bias } = foldBatchNorm(
      await this.model.read(convolution, 'kernel'),
      convolution.useBias ? await this.model.read(convolution, 'bias') : undefined,
      {
        gamma: layer.scale ? await this.model.read(layer, 'gamma') : undefined,
        beta: layer.center ? await this.model.read(layer, 'beta') : undefined,
        mean: await this.model.read(layer, 'moving_mean'),
        variance: await this.model.read(layer, 'moving_variance'),
        epsilon: layer.epsilon,
      },
    );
    return this.#convolution(convolution, this.#values.get(convolution.inbound[0]!), kernel, bias);
  }

  #convolution(
    layer: Layer<'Conv2D'>,
    x: string | undefined,
    kernel: Float32Array,
    bias: Float32Array | undefined,
  ): string {
    const [rows, columns, channels, filters] = layer.weights[0]!.shape as [number, number, number, number];
    const weight = this.#initializer(
      `${layer.name}/kernel`,
      [filters, channels, rows, columns],
      filtersFirst(kernel, rows * columns, channels, filters),
    );
    const inputs = [x!, weight];
    if (bias) inputs.push(this.#initializer(`${layer.name}/bias`, [filters], bias));
    return this.#node('Conv', inputs, layer.name, this.#window(layer, layer.kernelSize));
  }

  async #dense(layer: Layer<'Dense'>, x: string): Promise<string> {
    const [inputs, units] = layer.weights[0]!.shape as [number, number];
    const kernel = this.#channelsFirst(layer, await this.model.read(layer, 'kernel'), units);
    const operands = [x, this.#initializer(`${layer.name}/kernel`, [inputs, units], kernel)];
    if (layer.useBias) {
      const bias = await this.model.read(layer, 'bias');
      operands.push(this.#initializer(`${layer.name}/bias`, [units], bias));
    }
    return this.#activation(
      layer.activation,
      this.#node('Gemm', operands, `${layer.name}/Gemm`, []),
      layer.name,
    );
  }

  /** A kernel with its rows in the order of flattened channels-first features, if the layer follows a Flatten of a picture. */
  #channelsFirst(layer: LayerSpec, kernel: Float32Array, units: number): Float32Array {
    let from = this.#layers.get(layer.inbound[0]!)!;
    while (from.className === 'Dropout') from = this.#layers.get(from.inbound[0]!)!;
    if (from.className !== 'Flatten') return kernel;
    const shape = this.#layers.get(from.inbound[0]!)!.outputShape;
    if (shape.length !== 3) return kernel;
    const channels = shape[2]!;
    const places = shape[0]! * shape[1]!;
    const permuted = new Float32Array(kernel.length);
    for (let channel = 0, to = 0; channel < channels; channel++) {
      for (let place = 0; place < places; place++, to += units) {
        const row = (place * channels + channel) * units;
        permuted.set(kernel.subarray(row, row + units), to);
      }
    }
    return permuted;
  }

  #activation(activation: ActivationName, x: string, name: string): string {
    switch (activation) {
      case 'linear':
        return x;
      case 'relu':
        return this.#node('Relu', [x], `${name}/Relu`, []);
      case 'sigmoid':
        return this.#node('Sigmoid', [x], `${name}/Sigmoid`, []);
    }
  }

  /** Attributes of a sliding window, with TensorFlow's padding written out. */
  #window(layer: Layer<'Conv2D' | 'MaxPooling2D' | 'AveragePooling2D'>, size: Pair): OnnxAttribute[] {
    const input = this.#layers.get(layer.inbound[0]!)!.outputShape;
    const [top, bottom] = pads(layer.padding, input[0]!, size[0], layer.strides[0]);
    const [left, right] = pads(layer.padding, input[1]!, size[1], layer.strides[1]);
    return [
      ints('kernel_shape', size),
      ints('strides', layer.strides),
      ints('pads', [top, left, bottom, right]),
    ];
  }

  #node(op: string, input: string[], output: string, attribute: OnnxAttribute[]): string {
    this.#nodes.push({ op_type: op, name: output, input, output: [output], attribute });
    return output;
  }

  #initializer(name: string, dims: number[], values: Float32Array): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, dims, data_type: FLOAT32, raw_data: bytes });
    return name;
  }
}

/** HWIO to OIHW. @param window rows times columns */
function filtersFirst(kernel: Float32Array, window: number, channels: number, filters: number): Float32Array {
  const result = new Float32Array(kernel.length);
  for (let place = 0, from = 0; place < window; place++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < filters; filter++) {
        result[(filter * channels + channel) * window + place] = kernel[from++]!;
      }
    }
  }
  return result;
}

/** Padding before and after, as TensorFlow pads for SAME: an odd pixel comes after. */
function pads(padding: Padding, size: number, window: number, stride: number): [number, number] {
  if (padding === 'valid') return [0, 0];
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + window - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

const int = (name: string, i: number): OnnxAttribute => ({ name, i, type: ATTRIBUTE_TYPE.INT });
const ints = (name: string, values: readonly number[]): OnnxAttribute => ({
  name,
  ints: [...values],
  type: ATTRIBUTE_TYPE.INTS,
});

const valueInfo = (name: string, shape: readonly number[]): OnnxValue => ({
  name,
  type: {
    tensor_type: {
      elem_type: FLOAT32,
      shape: { dim: [{ dim_param: 'N' }, ...shape.map((size) => ({ dim_value: size }))] },
    },
  },
});
