import type { KernelBits } from '../../../shared/kernel-bits.ts';
import type { WeightSpec } from '../../model/architecture/layers.ts';
import { toHalves } from '../../support/half-floats.ts';

export interface QuantizedWeight {
  /** Little-endian, row-major. */
  bytes: Uint8Array;
  /** As in tfjs' weights manifest; none for float32. */
  quantization?:
    | { dtype: 'float16'; original_dtype: 'float32' }
    | { dtype: 'uint8'; min: number; scale: number; original_dtype: 'float32' };
}

/**
 * Quantises a weight in one of the two formats of tfjs-converter: IEEE half floats, or one byte each with scale and minimum
 * (affine, nudged so that 0 is exact). Only kernels are quantised: they are 99.9% of a model, while quantised biases and
 * statistics of batch normalisation would cost accuracy and save little.
 *
 * @param values row-major; not changed
 */
export function quantize(values: Float32Array, spec: WeightSpec, bits: KernelBits): QuantizedWeight {
  if (bits === 32 || spec.name !== 'kernel') {
    return { bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  }
  return bits === 16 ? toHalf(values) : toBytes(values);
}

function toHalf(values: Float32Array): QuantizedWeight {
  return {
    bytes: new Uint8Array(toHalves(values).buffer),
    quantization: { dtype: 'float16', original_dtype: 'float32' },
  };
}

function toBytes(values: Float32Array): QuantizedWeight {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const bytes = new Uint8Array(values.length);
  const scale = high > low ? (high - low) / 255 : 1;
  // A minimum that is a multiple of the scale makes 0 exact, so that weights of 0 stay 0.
  const min = low <= 0 && high >= 0 && high > low ? Math.round(low / scale) * scale : low;
  for (let i = 0; i < values.length; i++) {
    bytes[i] = Math.min(255, Math.max(0, Math.round((values[i]! - min) / scale)));
  }
  return { bytes, quantization: { dtype: 'uint8', min, scale, original_dtype: 'float32' } };
}
