import { z } from 'zod';
import { TwofoldError } from '../../../shared/errors.ts';
import { sizeOf, type Architecture } from '../architecture/layers.ts';
import { SafetensorsFile, writeSafetensors, type TensorSource } from '../../files/safetensors.ts';
import { Fingerprint, tensorKey, type TensorKey, type Tensors } from './canonical.ts';
import { NSFWJS } from './known.ts';
import { matchInception, type MatchedTensor } from './match.ts';

const quantizationSchema = z.record(z.string(), z.object({ scale: z.number(), min: z.number() }));

/**
 * Reads the tensors that a network needs from a weights file of Twofold. The whole file is hashed on the way to detect
 * damage; only what is needed stays in memory.
 *
 * @param architecture only its layers of InceptionV3 are read
 * @throws TwofoldError `corrupt` when the fingerprint differs, `bad-input` when the file's network ends earlier
 */
export async function readTensors(
  path: string,
  expected: { name: string; fingerprint: string },
  architecture: Architecture,
): Promise<Tensors> {
  const needed = new Set(
    architecture.layers.flatMap((layer) =>
      layer.className === 'Dense' ? [] : layer.weights.map(({ name }) => tensorKey(layer.name, name)),
    ),
  );
  const tensors = new Map<TensorKey, Float32Array>();
  const fingerprint = await scan(path, (key, values) => {
    if (needed.has(key)) tensors.set(key, values);
  });
  if (fingerprint !== expected.fingerprint) {
    throw new TwofoldError(
      'corrupt',
      `The weights "${expected.name}" are damaged: the values in ${path} have changed ` +
        `(fingerprint ${fingerprint.slice(0, 12)}, expected ${expected.fingerprint.slice(0, 12)}). ` +
        (expected.name === NSFWJS.name ? 'Delete the file and run "npm run setup".' : 'Import them again.'),
    );
  }
  const missing = [...needed].find((key) => !tensors.has(key));
  if (missing !== undefined) {
    throw new TwofoldError(
      'bad-input',
      `The weights "${expected.name}" end before ${architecture.output}: ${missing} is missing. ` +
        'Choose an earlier cut layer or other weights.',
    );
  }
  return tensors;
}

/** Hashes the file and passes each tensor to `visit`. */
export async function scan(
  path: string,
  visit: (key: TensorKey, values: Float32Array) => void = () => undefined,
): Promise<string> {
  const file = await SafetensorsFile.open(path);
  try {
    const quantization = quantizationOf(path, file.metadata);
    const shapes = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
    const fingerprint = new Fingerprint();
    for (const tensor of matchInception(shapes, path)) {
      const values = await readValues(path, file, tensor, quantization);
      fingerprint.add(tensor, values);
      visit(tensor.key, values);
    }
    return fingerprint.digest();
  } finally {
    await file.close();
  }
}

type Quantization = z.infer<typeof quantizationSchema>;

function quantizationOf(path: string, metadata: Readonly<Record<string, string>>): Quantization {
  if (metadata.quantization === undefined) return {};
  try {
    return quantizationSchema.parse(JSON.parse(metadata.quantization));
  } catch (cause) {
    throw new TwofoldError('corrupt', `${path} is damaged: its quantisation can't be read.`, { cause });
  }
}

async function readValues(
  path: string,
  file: SafetensorsFile,
  { source, shape }: MatchedTensor,
  quantization: Quantization,
): Promise<Float32Array> {
  if (file.entry(source).type === 'F32') return file.floats(source, shape);
  const range = quantization[source];
  if (file.entry(source).type !== 'U8' || !range) {
    throw new TwofoldError(
      'corrupt',
      `${path} is damaged: ${source} is neither float32 nor 8-bit with a scale.`,
    );
  }
  return dequantize(await file.bytes(source), range);
}

/** float32(byte) · scale + min, each step rounded to float32, as TensorFlow.js and NumPy do. */
function dequantize(bytes: Uint8Array, { scale, min }: { scale: number; min: number }): Float32Array {
  const table = Float32Array.from(
    { length: 256 },
    (_, byte) => Math.fround(byte * Math.fround(scale)) + Math.fround(min),
  );
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = table[bytes[i]!]!;
  return values;
}

/** A tensor to write; its values are read when it is its turn. */
export interface StoredTensor {
  key: TensorKey;
  shape: readonly number[];
  values: () => Float32Array;
}

/**
 * Writes a weights file of Twofold (float32 safetensors), atomically.
 *
 * @param beforeEach awaited before a tensor is written; writes nothing if it throws
 */
export async function writeTensors(
  path: string,
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>>,
  beforeEach: (tensor: StoredTensor) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const sources = tensors.map((tensor): TensorSource => ({
    name: tensor.key,
    type: 'F32',
    shape: tensor.shape,
    async *pieces() {
      await beforeEach(tensor);
      yield tensor.values();
    },
  }));
  await writeSafetensors(path, sources, metadata);
}

/** Number of values in the tensors. */
export const countValues = (tensors: readonly { shape: readonly number[] }[]): number =>
  tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
