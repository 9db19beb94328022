import type { ModelFormat } from '../../../shared/jobs/export.ts';

/** An exported model, loaded from its files. */
export interface ReloadedModel {
  /** The runtime, such as `TensorFlow 2.15.1 SavedModel loader`. */
  runtime: string;
  /** Probabilities of class 1 for `[n, size, size, 3]` float32, 0..1. */
  predict(pixels: Float32Array, n: number): Promise<Float32Array>;
  close(): void | Promise<void>;
}

/**
 * Loads an export from its files alone: in the runtime it is meant for, if that is installed, otherwise into TensorFlow
 * with code that shares nothing with the writer. Only the runtime that is used is loaded into the process, see
 * docs/decisions/tensorflow-in-electron.md.
 *
 * @param size height and width of the input in pixels
 */
export async function reload(format: ModelFormat, directory: string, size: number): Promise<ReloadedModel> {
  if (format === 'onnx') {
    const { reloadInOnnxRuntime } = await import('../onnx/reload.ts');
    const model = await reloadInOnnxRuntime(directory, size);
    if (model) return model;
  }
  const { reloadInTensorFlow } = await import('./reload-tensorflow.ts');
  return reloadInTensorFlow(format, directory, size);
}
