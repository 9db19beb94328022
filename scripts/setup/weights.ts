import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { toFailure, TwofoldError } from '../../shared/errors.ts';
import type { Download } from '../../main/files/download.ts';
import type { TensorSource } from '../../main/files/safetensors.ts';
import { IMAGENET, NSFWJS } from '../../main/model/weights/known.ts';
import { cacheFolder } from './download.ts';
import type { Progress } from './progress.ts';
import { fallback, packageVersion, ROOT, type Installed, type Step } from './step.ts';

const FOLDER = join(ROOT, '.cache', 'weights');
const OUTPUT = join(FOLDER, `${NSFWJS.name}.safetensors`);
const CONVOLUTIONS = 94; // InceptionV3 without its top: conv2d_1 … conv2d_94, each with its batch normalisation
const SHARDS = 6;

/** An entry of a TensorFlow.js weights manifest. */
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
 * InceptionV3's weights: the official Keras file if it can be downloaded, and always those of the npm package nsfwjs.
 */
export const weightsStep: Step = {
  name: 'weights',
  purposes: ['cli', 'test', 'app'],
  key: () => `4 nsfwjs ${packageVersion('nsfwjs')}`,
  outputs: () => [OUTPUT],
  install: (progress) => installWeights(FOLDER, progress),
};

/**
 * Puts both weights into `folder`.
 *
 * @param file replaces parts of the download, for tests
 * @returns which weights are there; those of nsfwjs alone are a fallback
 */
export async function installWeights(
  folder: string,
  progress: Progress,
  file: Partial<Download> = {},
): Promise<Installed> {
  progress.stage('Converting the InceptionV3 weights of nsfwjs');
  rmSync(join(folder, 'default.safetensors'), { force: true }); // their former name
  await convertNsfwjsWeights(join(folder, `${NSFWJS.name}.safetensors`));
  const shipped = `nsfwjs ${packageVersion('nsfwjs')} (MIT)`;
  const official = join(folder, `${IMAGENET.name}.safetensors`);
  const failure = await installOfficialWeights(official, progress, file);
  // Those that an earlier set-up installed are still good.
  if (failure !== null && !existsSync(official))
    return fallback(
      `InceptionV3 weights: those of ${shipped}, because the official ImageNet weights could not be downloaded.`,
      failure,
    );
  const outcome = `InceptionV3 weights: the official ImageNet weights of Keras, and those of ${shipped}`;
  return { outcome, isFallback: false };
}

/**
 * Downloads the official Keras file and converts it to `target`. An interrupted download resumes.
 *
 * @param file replaces parts of the download, for tests
 * @returns null, or why it could not be downloaded
 */
export async function installOfficialWeights(
  target: string,
  progress: Progress,
  file: Partial<Download> = {},
): Promise<string | null> {
  // Loaded only when needed, so that a set-up with nothing to do is quick.
  const { downloadFile } = await import('../../main/files/download.ts');
  const { officialFile } = await import('../../main/model/weights/official.ts');
  const { convertKerasFile } = await import('../../main/model/weights/store.ts');
  const download = { ...officialFile(join(cacheFolder(), 'downloads')), ...file };
  progress.stage('Downloading the official InceptionV3 weights');
  try {
    await downloadFile({
      ...download,
      onProgress: (received, total) => progress.update(received, total, 'bytes'),
    });
  } catch (error) {
    const { code, message } = toFailure(error);
    if (code !== 'network' && code !== 'corrupt') throw error;
    return message;
  }
  progress.stage('Converting the official InceptionV3 weights');
  await convertKerasFile(download.target, IMAGENET.title, target);
  return null;
}

/**
 * Writes a safetensors file of the convolutional part (to mixed10) of the model in nsfwjs.
 *
 * Tensors keep their 8 bits and Keras' names (`conv2d_1/kernel:0` HWIO, `batch_normalization_1/beta:0`,
 * `…/moving_mean:0`, `…/moving_variance:0`; no gamma). `__metadata__.quantization` is a JSON map from name to
 * `{scale, min}`, both exactly representable as float32; a value is float32(u8) · scale + min, each operation
 * rounded to float32, as TensorFlow.js and NumPy compute it.
 *
 * @throws TwofoldError `corrupt` when the package does not contain the expected model
 */
export async function convertNsfwjsWeights(target: string): Promise<void> {
  const { writeSafetensors } = await import('../../main/files/safetensors.ts');
  const folder = join(ROOT, 'node_modules', 'nsfwjs', 'dist', 'models', 'inception_v3');
  const require = createRequire(import.meta.url);
  const model = require(join(folder, 'model.min.js')) as BundledModel;
  const shards = Array.from({ length: SHARDS }, (_, index) => {
    const shard = require(join(folder, `group1-shard${index + 1}of${SHARDS}.min.js`)) as string;
    return Buffer.from(shard, 'base64');
  });
  const { tensors, quantization } = readManifest(model.weightsManifest[0].weights, Buffer.concat(shards));
  mkdirSync(join(target, '..'), { recursive: true });
  await writeSafetensors(target, tensors, {
    format: 'twofold-inception-v3',
    source: `npm nsfwjs@${packageVersion('nsfwjs')} dist/models/inception_v3: ImageNet-pretrained, last blocks fine-tuned for content moderation, 8-bit`,
    license: 'MIT',
    quantization: JSON.stringify(quantization),
  });
}

function readManifest(entries: readonly ManifestEntry[], body: Buffer) {
  const tensors: TensorSource[] = [];
  const quantization: Record<string, { scale: number; min: number }> = {};
  let offset = 0;
  for (const { name, shape, quantization: q } of entries) {
    if (q?.dtype !== 'uint8') throw notExpected(`${name} as 8-bit values`, String(q?.dtype));
    const data = body.subarray(offset, (offset += shape.reduce((product, size) => product * size, 1)));
    if (!/^(conv2d|batch_normalization)_\d+\//.test(name)) continue; // the classifier after the convolutions
    tensors.push({ name: `${name}:0`, type: 'U8', shape, pieces: () => [data] });
    quantization[`${name}:0`] = { scale: Math.fround(q.scale), min: Math.fround(q.min) };
  }
  if (offset !== body.byteLength) throw notExpected(`${offset} bytes of weights`, String(body.byteLength));
  const kernels = tensors.filter(({ name }) => name.endsWith('/kernel:0')).length;
  if (kernels !== CONVOLUTIONS || tensors.length !== 4 * CONVOLUTIONS)
    throw notExpected(
      `${CONVOLUTIONS} convolutions of 4 tensors`,
      `${kernels} with ${tensors.length} tensors`,
    );
  return { tensors, quantization };
}

const notExpected = (expected: string, received: string): TwofoldError =>
  new TwofoldError(
    'corrupt',
    `node_modules/nsfwjs does not contain the expected InceptionV3: expected ${expected}, found ${received}. Run "npm ci" again.`,
  );
