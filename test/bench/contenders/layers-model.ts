import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import type { Architecture, LayerSpec } from '../../../main/model/architecture/layers.ts';
import { tf } from '../../../main/model/tensorflow.ts';
import { loadWeights } from '../../../main/model/weights/store.ts';

/** The network as tf.layers' functional model, layer by layer as Keras has it (batch normalisation not folded). */
export async function layersModel(architecture: Architecture, weightsName: string): Promise<LayersModel> {
  const outputs = new Map<string, SymbolicTensor>();
  for (const spec of architecture.layers) {
    const inbound = spec.inbound.map((name) => outputs.get(name)!);
    outputs.set(spec.name, apply(spec, inbound));
  }
  const model = tf.model({
    inputs: outputs.get(architecture.input)!,
    outputs: outputs.get(architecture.output)!,
  });
  const weights = await (await loadWeights(weightsName)).read(architecture);
  for (const { name, weights: specs } of architecture.layers) {
    if (specs.length === 0) continue;
    const tensors = specs.map((spec) => tf.tensor(weights.get(`${name}/${spec.name}`)!, [...spec.shape]));
    model.getLayer(name).setWeights(tensors);
    tf.dispose(tensors);
  }
  return model;
}

function apply(spec: LayerSpec, inbound: SymbolicTensor[]): SymbolicTensor {
  const one = inbound[0]!;
  switch (spec.className) {
    case 'InputLayer':
      return tf.input({ shape: [...spec.shape], name: spec.name });
    case 'Conv2D':
      return tf.layers
        .conv2d({
          name: spec.name,
          filters: spec.filters,
          kernelSize: [...spec.kernelSize],
          strides: [...spec.strides],
          padding: spec.padding,
          useBias: spec.useBias,
          trainable: spec.trainable,
        })
        .apply(one) as SymbolicTensor;
    case 'BatchNormalization':
      return tf.layers
        .batchNormalization({
          name: spec.name,
          center: spec.center,
          scale: spec.scale,
          epsilon: spec.epsilon,
          trainable: spec.trainable,
        })
        .apply(one) as SymbolicTensor;
    case 'Activation':
      return tf.layers
        .activation({ name: spec.name, activation: spec.activation })
        .apply(one) as SymbolicTensor;
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const options = {
        name: spec.name,
        poolSize: [...spec.poolSize] as [number, number],
        strides: [...spec.strides] as [number, number],
        padding: spec.padding,
      };
      const layer =
        spec.className === 'MaxPooling2D'
          ? tf.layers.maxPooling2d(options)
          : tf.layers.averagePooling2d(options);
      return layer.apply(one) as SymbolicTensor;
    }
    case 'Concatenate':
      return tf.layers.concatenate({ name: spec.name }).apply(inbound) as SymbolicTensor;
    case 'Flatten':
    case 'Dense':
    case 'Dropout':
      throw new Error(`The base has no ${spec.className}.`);
  }
}
