import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import { Graph } from '../../model/graph/graph.ts';
import { addNetwork } from '../../model/network.ts';
import { INPUT, OUTPUT } from '../formats.ts';
import { readAll, type ExportModel } from '../model.ts';

/** Folder of the model in the export: TensorFlow Serving expects a folder of versions. */
export const SAVED_MODEL = join('model', '1');
export const SIGNATURE = 'serving_default';

/** Protocol buffers have at most 2 GiB, of which graph and names need a little. */
const MAX_WEIGHT_BYTES = 2 ** 31 - 2 ** 20;

/** @throws TwofoldError `unsupported` if the model is too large for one protocol buffer */
export function checkSize(model: ExportModel, format: string): void {
  const bytes = model.weights.reduce(
    (sum, { spec }) => sum + 4 * spec.shape.reduce((product, size) => product * size, 1),
    0,
  );
  if (bytes <= MAX_WEIGHT_BYTES) return;
  throw new TwofoldError(
    'unsupported',
    `The model has ${(bytes / 2 ** 30).toFixed(1)} GB of weights, but ${format} can store at most 2 GB. ` +
      'Export it for Keras or TensorFlow.js, or train with fewer hidden units, a smaller input size or a later cut layer.',
  );
}

/**
 * Writes a TensorFlow SavedModel for inference: one graph with batch normalisation folded into the convolutions and the
 * weights as constants. Signature `serving_default`: `pictures` `[N, size, size, 3]` float32, 0..1 → `probability`
 * `[N, 1]` of class 1.
 */
export async function writeSavedModel(
  model: ExportModel,
  directory: string,
  between: () => Promise<void>,
): Promise<void> {
  checkSize(model, 'a SavedModel');
  const graph = new Graph();
  const { architecture } = model;
  const { input, outputs } = addNetwork(graph, architecture, await readAll(model));
  graph.signature(SIGNATURE, { [INPUT]: input }, { [OUTPUT]: outputs[architecture.output]! });
  await between();
  const folder = join(directory, SAVED_MODEL);
  await mkdir(join(folder, 'variables'), { recursive: true });
  const bytes = graph.serialize();
  await between();
  await writeFile(join(folder, 'saved_model.pb'), bytes);
}
