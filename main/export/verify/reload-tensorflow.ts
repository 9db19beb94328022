import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import { architectureFromKerasConfig } from '../../model/architecture/keras-config.ts';
import { Graph, type Output } from '../../model/graph/graph.ts';
import { openGraph } from '../../model/graph/run.ts';
import { addNetwork } from '../../model/network.ts';
import { tensorflowVersion, tf, type Tensor } from '../../model/tensorflow.ts';
import { tensorKey, type TensorKey } from '../../model/weights/canonical.ts';
import { openKerasFile } from '../../model/weights/keras-h5.ts';
import { INPUT, ONNX_MODEL, OUTPUT } from '../formats.ts';
import { KERAS_MODEL } from '../keras/keras.ts';
import { readOnnxGraph } from '../onnx/graph.ts';
import type { ReloadedModel } from './reload.ts';
import { SAVED_MODEL, SIGNATURE } from '../savedmodel/savedmodel.ts';
import { TFJS_MODEL } from '../tfjs/tfjs.ts';

/** Loads an export into TensorFlow, with TensorFlow's own loaders or with code that shares nothing with the writer. */
export async function reloadInTensorFlow(
  format: ModelFormat,
  directory: string,
  size: number,
): Promise<ReloadedModel> {
  await tf.ready();
  switch (format) {
    case 'tfjs':
      return reloadTfjs(join(directory, TFJS_MODEL), size);
    case 'keras':
      return reloadKeras(join(directory, KERAS_MODEL), size);
    case 'savedmodel':
      return reloadSavedModel(join(directory, SAVED_MODEL), size);
    case 'onnx':
      return reloadOnnx(join(directory, ONNX_MODEL), size);
  }
}

async function reloadTfjs(path: string, size: number): Promise<ReloadedModel> {
  const model = await tf.loadLayersModel(`file://${path}`);
  return {
    runtime: `TensorFlow.js ${tf.version.tfjs} loadLayersModel, TensorFlow ${tensorflowVersion()}`,
    predict: (pixels, n) => runOn(pixels, n, size, (input) => model.predict(input) as Tensor),
    close: () => {
      model.dispose();
    },
  };
}

async function reloadSavedModel(folder: string, size: number): Promise<ReloadedModel> {
  const model = await tf.node.loadSavedModel(folder, ['serve'], SIGNATURE);
  return {
    runtime: `TensorFlow ${tensorflowVersion()} SavedModel loader`,
    predict: (pixels, n) =>
      runOn(
        pixels,
        n,
        size,
        (input) => (model.predict({ [INPUT]: input }) as unknown as Record<string, Tensor>)[OUTPUT]!,
      ),
    close: () => model.dispose(),
  };
}

/** Reads definition and weights from the file, in the order in which Keras reads them. */
async function reloadKeras(path: string, size: number): Promise<ReloadedModel> {
  const file = await openKerasFile(path);
  try {
    const architecture = architectureFromKerasConfig(file.modelConfig);
    const tensors = new Map<TensorKey, Float32Array>();
    for (const layer of architecture.layers) {
      for (const { name, shape } of layer.weights) {
        const stored = file.read(`${layer.name}/${name}:0`);
        if (stored.shape.join() !== shape.join()) {
          throw new TwofoldError(
            'corrupt',
            `${path} is damaged: the shape of ${layer.name}/${name} does not fit its layer.`,
          );
        }
        tensors.set(tensorKey(layer.name, name), stored.values);
      }
    }
    const graph = new Graph();
    const { input, outputs } = addNetwork(graph, architecture, tensors);
    return await fromGraph(
      graph,
      input,
      outputs[architecture.output]!,
      size,
      `Twofold's own reader of Keras files, TensorFlow ${tensorflowVersion()}`,
    );
  } finally {
    file.close();
  }
}

async function reloadOnnx(path: string, size: number): Promise<ReloadedModel> {
  const { graph, input, output } = await readOnnxGraph(path);
  return fromGraph(
    graph,
    input,
    output,
    size,
    `Twofold's own reader of ONNX files, TensorFlow ${tensorflowVersion()}`,
  );
}

async function fromGraph(
  graph: Graph,
  input: Output,
  output: Output,
  size: number,
  runtime: string,
): Promise<ReloadedModel> {
  graph.signature('predict', { [INPUT]: input }, { [OUTPUT]: output });
  const running = await openGraph(graph);
  return {
    runtime,
    predict: (pixels, n) =>
      runOn(pixels, n, size, (pictures) => running.run('predict', { [INPUT]: pictures })[OUTPUT]!),
    close: () => running.dispose(),
  };
}

function runOn(
  pixels: Float32Array,
  n: number,
  size: number,
  run: (input: Tensor) => Tensor,
): Promise<Float32Array> {
  const values = tf.tidy(() => run(tf.tensor4d(pixels, [n, size, size, 3])).dataSync() as Float32Array);
  return Promise.resolve(values);
}
