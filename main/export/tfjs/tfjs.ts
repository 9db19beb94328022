import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportModel, ModelWeight } from '../model.ts';
import { KERAS_VERSION, modelConfig } from '../keras/config.ts';
import type { KernelBits } from '../../../shared/kernel-bits.ts';
import { quantize, type QuantizedWeight } from './quantize.ts';

/** Size of a weights file, as in tfjs-converter: browsers cache files up to this size. */
const SHARD_BYTES = 4 * 1024 * 1024;

export const TFJS_MODEL = 'model.json';

/** An entry of tfjs' weights manifest. */
interface WeightEntry {
  name: string;
  shape: readonly number[];
  dtype: 'float32';
  quantization?: object;
}

/**
 * Writes a TensorFlow.js layers model (`model.json` and shards of 4 MB), base and head together, using only layers of tfjs.
 * The layout is that of tfjs-converter for Keras models.
 *
 * @param bits 32 keeps the weights; 16 and 8 store the kernels as `quantize` does
 * @param between called between weights; what it throws ends the writing
 */
export async function writeTfjs(
  model: ExportModel,
  directory: string,
  bits: KernelBits,
  between: () => Promise<void>,
): Promise<void> {
  const shards = new Shards(directory, totalBytes(model.weights, bits));
  const entries: WeightEntry[] = [];
  try {
    for (const { layer, spec, read } of model.weights) {
      await between();
      const stored = quantize(await read(), spec, bits);
      await shards.write(stored.bytes);
      entries.push({
        name: `${layer.name}/${spec.name}`,
        shape: spec.shape,
        dtype: 'float32',
        ...(stored.quantization ? { quantization: stored.quantization } : {}),
      });
    }
  } finally {
    await shards.close();
  }
  const content = {
    format: 'layers-model',
    generatedBy: `keras v${KERAS_VERSION}`,
    convertedBy: 'Twofold',
    modelTopology: {
      keras_version: KERAS_VERSION,
      backend: 'tensorflow',
      model_config: modelConfig(model.architecture),
    },
    weightsManifest: [{ paths: shards.names, weights: entries }],
  };
  await writeFile(join(directory, TFJS_MODEL), JSON.stringify(content));
}

function totalBytes(weights: readonly ModelWeight[], bits: KernelBits): number {
  return weights.reduce((sum, { spec }) => sum + storedBytes(spec, bits), 0);
}

function storedBytes(
  { name, shape }: ModelWeight['spec'],
  bits: KernelBits,
): QuantizedWeight['bytes']['length'] {
  return (shape.reduce((product, size) => product * size, 1) * (name === 'kernel' ? bits : 32)) / 8;
}

/** Writes a stream of bytes to files of equal size. */
class Shards {
  readonly names: string[];
  readonly #directory: string;
  #file: FileHandle | undefined;
  #index = 0;
  #room = 0;

  constructor(directory: string, sizeBytes: number) {
    const count = Math.max(1, Math.ceil(sizeBytes / SHARD_BYTES));
    this.names = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
    this.#directory = directory;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      if (this.#room === 0) await this.#next();
      const piece = bytes.subarray(done, done + this.#room);
      await this.#file!.writeFile(piece);
      done += piece.length;
      this.#room -= piece.length;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #next(): Promise<void> {
    await this.close();
    this.#file = await open(join(this.#directory, this.names[this.#index++]!), 'wx');
    this.#room = SHARD_BYTES;
  }
}
