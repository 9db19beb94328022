import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TwofoldError } from '../../shared/errors.ts';
import { encodeSafetensors, type RawTensor } from './safetensors.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const OUTPUT = join(ROOT, '.cache', 'weights', 'default.safetensors');
const CONVOLUTIONS = 94; // InceptionV3 without its top: conv2d_1 … conv2d_94, each with its batch normalization
const SHARDS = 6;

/** One entry of a TensorFlow.js weights manifest. */
interface ManifestEntry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale: number; min: number };
}

interface BundledModel {
  weightsManifest: [{ weights: ManifestEntry[] }];
}

/** The weights that come with Twofold: the InceptionV3 of the npm package nsfwjs, up to its last convolution. */
export const weightsStep: Step = {
  name: 'weights',
  title: 'the InceptionV3 weights that come with Twofold',
  purposes: ['cli', 'test', 'app'],
  key: () => `2 nsfwjs ${packageVersion('nsfwjs')}`,
  outputs: () => [OUTPUT],
  install: async (progress) => {
    progress.stage('Converting the InceptionV3 weights');
    mkdirSync(dirname(OUTPUT), { recursive: true });
    await writeFileAtomic(OUTPUT, convertDefaultWeights());
    return `InceptionV3 weights from nsfwjs ${packageVersion('nsfwjs')} (MIT)`;
  },
};

/**
 * Reads the model modules of nsfwjs and returns one safetensors file of their convolutional part (to mixed10).
 *
 * Tensors keep their 8 bits and Keras' names (`conv2d_1/kernel:0` HWIO, `batch_normalization_1/beta:0`,
 * `…/moving_mean:0`, `…/moving_variance:0`; no gamma). `__metadata__.quantization` is a JSON map from name to
 * `{scale, min}`, both exactly representable as float32; a value is float32(u8) · scale + min, each operation
 * rounded to float32, as TensorFlow.js and NumPy compute it.
 *
 * @throws TwofoldError `corrupt` when the package does not hold the model that is expected
 */
export function convertDefaultWeights(): Buffer {
  const folder = join(ROOT, 'node_modules', 'nsfwjs', 'dist', 'models', 'inception_v3');
  const require = createRequire(import.meta.url);
  const model = require(join(folder, 'model.min.js')) as BundledModel;
  const body = Buffer.concat(
    Array.from({ length: SHARDS }, (_, index) => {
      const shard = require(join(folder, `group1-shard${index + 1}of${SHARDS}.min.js`)) as string;
      return Buffer.from(shard, 'base64');
    }),
  );
  return convertManifest(model.weightsManifest[0].weights, body);
}

function convertManifest(entries: readonly ManifestEntry[], body: Buffer): Buffer {
  const tensors: RawTensor[] = [];
  const quantization: Record<string, { scale: number; min: number }> = {};
  let offset = 0;
  for (const { name, shape, quantization: q } of entries) {
    if (q?.dtype !== 'uint8') throw damaged(`${name} to hold 8-bit values`, String(q?.dtype));
    const data = body.subarray(offset, (offset += shape.reduce((product, size) => product * size, 1)));
    if (!/^(conv2d|batch_normalization)_\d+\//.test(name)) continue; // the classifier behind the convolutions
    const kerasName = `${name}:0`;
    tensors.push({ name: kerasName, dtype: 'U8', shape, data });
    quantization[kerasName] = { scale: Math.fround(q.scale), min: Math.fround(q.min) };
  }
  if (offset !== body.byteLength) throw damaged(`${offset} bytes of weights`, String(body.byteLength));
  const kernels = tensors.filter(({ name }) => name.endsWith('/kernel:0')).length;
  if (kernels !== CONVOLUTIONS || tensors.length !== 4 * CONVOLUTIONS) {
    throw damaged(`${CONVOLUTIONS} convolutions of 4 tensors`, `${kernels} and ${tensors.length} tensors`);
  }
  return encodeSafetensors(tensors, {
    format: 'twofold-inception-v3',
    source: `npm nsfwjs@${packageVersion('nsfwjs')} dist/models/inception_v3: ImageNet-pretrained, last blocks fine-tuned for content moderation, 8-bit`,
    license: 'MIT',
    quantization: JSON.stringify(quantization),
  });
}

const damaged = (expected: string, received: string): TwofoldError =>
  new TwofoldError(
    'corrupt',
    `The InceptionV3 in node_modules/nsfwjs is not the one expected: expected ${expected}, found ${received}. Run "npm ci" again.`,
  );
