import h5wasm, { Module, type File, type Group } from 'h5wasm/node';
import { join } from 'node:path';
import { TwofoldError } from '../../../shared/errors.ts';
import type { LayerSpec } from '../../model/architecture/layers.ts';
import { KERAS_VERSION, modelConfig, trainingConfig } from './config.ts';
import type { ExportModel } from '../model.ts';

export const KERAS_MODEL = 'model.h5';

/** Keras' group for weights that belong to no layer; Keras 2.15 also writes it when it is empty. */
const TOP_LEVEL = 'top_level_model_weights';

/**
 * Writes the whole model as one HDF5 file in Keras' format (`model.save('model.h5')` of Keras 2.15, which Keras 3 reads
 * too): definition, weights and training configuration, so that `fit` continues at the same learning rate. Attributes are
 * laid out as by h5py: names with a fixed length, definitions with any length.
 *
 * @param between called between weights; what it throws ends the writing
 */
export async function writeKeras(
  model: ExportModel,
  directory: string,
  between: () => Promise<void>,
): Promise<void> {
  await h5wasm.ready;
  // Otherwise the library prints its own stack to standard error and continues.
  Module.activate_throwing_error_handler();
  const file = new h5wasm.File(join(directory, KERAS_MODEL), 'w');
  try {
    await writeModel(file, model, between);
    file.flush();
    file.close();
  } catch (error) {
    abandon(file);
    throw explain(error);
  }
}

/** Closes a file that could not be written; this may fail for the same reason. */
function abandon(file: File): void {
  try {
    file.close();
  } catch {
    // The first error is reported.
  }
}

/** HDF5 throws its whole stack as text, which contains the system's error message. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes('HDF5')) return error;
  const reason = /error message = '([^']+)'/.exec(error.message)?.[1];
  const full = /no space|quota/i.test(reason ?? '');
  return new TwofoldError(
    full ? 'disk-full' : 'internal',
    full
      ? 'The disk is full. Free some space and try again; everything saved is kept.'
      : `The Keras file could not be written (${reason ?? 'unknown HDF5 error'}).`,
    { cause: error },
  );
}

async function writeModel(file: File, model: ExportModel, between: () => Promise<void>): Promise<void> {
  text(file, 'backend', 'tensorflow');
  text(file, 'keras_version', KERAS_VERSION);
  text(file, 'model_config', JSON.stringify(modelConfig(model.architecture)));
  text(file, 'training_config', JSON.stringify(trainingConfig(model.run.recipe)));

  const { layers } = model.architecture;
  const root = file.create_group('model_weights');
  text(root, 'backend', 'tensorflow');
  text(root, 'keras_version', KERAS_VERSION);
  names(
    root,
    'layer_names',
    layers.map(({ name }) => name),
  );
  names(root.create_group(TOP_LEVEL), 'weight_names', []);
  for (const layer of layers) {
    const group = root.create_group(layer.name);
    names(
      group,
      'weight_names',
      layer.weights.map(({ name }) => weightName(layer, name)),
    );
    if (layer.weights.length === 0) continue;
    const inner = group.create_group(layer.name);
    for (const { name, shape } of layer.weights) {
      await between();
      inner.create_dataset({
        name: `${name}:0`,
        data: await model.read(layer, name),
        shape: [...shape],
        dtype: '<f4',
      });
    }
  }
}

const weightName = ({ name }: LayerSpec, weight: string): string => `${name}/${weight}:0`;

/** A string of variable length, since one of fixed length above 64 KB does not fit into an object header. */
function text(owner: Group, name: string, value: string): void {
  owner.create_attribute(name, value, [], 'S');
}

function names(owner: Group, name: string, values: readonly string[]): void {
  const length = Math.max(1, ...values.map((value) => Buffer.byteLength(value)));
  owner.create_attribute(name, [...values], [values.length], `S${length}`);
}
