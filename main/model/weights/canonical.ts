import { createHash } from 'node:crypto';
import { inceptionV3 } from '../architecture/inception-v3.ts';
import { layerNamed, type WeightName } from '../architecture/layers.ts';

/** Convolutions of InceptionV3 without its top, each with its batch normalisation. */
export const CONVOLUTIONS = 94;

/** Key of a tensor of a layer: `conv2d_5/kernel`, with the layer's name in a fresh session of Keras 2.15. */
export type TensorKey = `${string}/${WeightName}`;

export const tensorKey = (layer: string, weight: WeightName): TensorKey => `${layer}/${weight}`;

/** Tensors by key, float32, row-major; kernels are HWIO. */
export type Tensors = ReadonlyMap<TensorKey, Float32Array>;

/** A tensor of InceptionV3. */
export interface CanonicalTensor {
  key: TensorKey;
  shape: readonly number[];
}

/** Keras' name of the layer with that number in a fresh session: `conv2d`, `conv2d_1`, … */
export const numbered = (prefix: string, index: number): string =>
  index === 0 ? prefix : `${prefix}_${index}`;

/**
 * Every tensor of InceptionV3 without its top in canonical order: the order in which Keras creates the layers, so by
 * number, each convolution (kernel, HWIO) followed by its batch normalisation (beta, moving mean, moving variance).
 */
export const CANONICAL_TENSORS: readonly CanonicalTensor[] = canonicalTensors();

function canonicalTensors(): CanonicalTensor[] {
  const whole = inceptionV3({ cut: 'mixed10' });
  return Array.from({ length: CONVOLUTIONS }, (_, index) =>
    ['conv2d', 'batch_normalization'].flatMap((prefix) => {
      const layer = layerNamed(whole, numbered(prefix, index));
      return layer.weights.map(({ name, shape }) => ({ key: tensorKey(layer.name, name), shape }));
    }),
  ).flat();
}

/** Hashes weights tensor by tensor, in canonical order. */
export class Fingerprint {
  readonly #hash = createHash('sha256');

  /** @param values float32, row-major; hashed little-endian with the tensor's key and shape */
  add({ key, shape }: CanonicalTensor, values: Float32Array): void {
    this.#hash.update(`${key} [${shape.join(',')}]\n`);
    this.#hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** 64 hexadecimal digits: equal for equal weights, wherever they come from. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
