import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import type { Architecture, LayerSpec, WeightSpec } from '../model/architecture/layers.ts';
import { withHead } from '../model/architecture/with-head.ts';
import type { RunView } from '../../shared/jobs/run-view.ts';
import { logitFactor, scaled } from '../model/head/last-layer.ts';
import { SafetensorsFile } from '../files/safetensors.ts';
import { tensorKey, type TensorKey, type Tensors } from '../model/weights/canonical.ts';
import { loadSameWeights } from '../model/weights/store.ts';
import { asShown, RunFolder, type RunFile } from '../training/run-folder.ts';

/** A weight of the model, whose values are read on demand. */
export interface ModelWeight {
  layer: LayerSpec;
  spec: WeightSpec;
  /** Row-major. Those of the head are read from disk each time, so that the largest is in memory only while it is used. */
  read: () => Promise<Float32Array>;
}

/** A trained model, base and head together. Close it after use. */
export interface ExportModel {
  run: RunFile;
  /** Layers named, ordered and marked as trainable as in a fresh session of Keras 2.15. */
  architecture: Architecture;
  /** All weights in Keras' order (`model.weights` layer by layer): kernels HWIO, batch normalisation unfolded. */
  weights: readonly ModelWeight[];
  /** The values of one weight. */
  read(layer: LayerSpec, weight: WeightSpec['name']): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the model of a run, with the InceptionV3 weights it was trained on.
 *
 * @param view the project's class order and the run's temperature; default: those in the run's folder
 * @throws TwofoldError `not-found` if the model or its InceptionV3 weights are missing, `corrupt`
 */
export async function openExportModel({
  runDir,
  ...view
}: RunView & { runDir: string }): Promise<ExportModel> {
  const folder = new RunFolder(runDir);
  const run = asShown(await folder.read(), view);
  const { size, cut, units, dropout } = run.recipe;
  const architecture = withHead(inceptionV3({ size, cut }), { units, dropout });
  const base = await (await loadSameWeights(run.weights)).read(architecture);
  const head = await SafetensorsFile.open(folder.headPath);
  const read: ExportModel['read'] = async (layer, weight) => {
    const key = tensorKey(layer.name, weight);
    const { shape } = layer.weights.find(({ name }) => name === weight)!;
    const ofBase = base.get(key);
    if (ofBase) return ofBase;
    const values = await head.floats(key, shape);
    return layer.name === architecture.output ? scaled(values, logitFactor(run)) : values;
  };
  const weights = architecture.layers.flatMap((layer) =>
    layer.weights.map((spec): ModelWeight => ({ layer, spec, read: () => read(layer, spec.name) })),
  );
  return { run, architecture, weights, read, close: () => head.close() };
}

/** Reads all weights, for formats that are written in one piece. */
export async function readAll({ weights }: ExportModel): Promise<Tensors> {
  const tensors = new Map<TensorKey, Float32Array>();
  for (const { layer, spec, read } of weights) tensors.set(tensorKey(layer.name, spec.name), await read());
  return tensors;
}
