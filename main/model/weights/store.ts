import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Architecture } from '../architecture/layers.ts';
import { dataFolder, resourceFolder } from '../folders.ts';
import { SafetensorsFile } from '../safetensors.ts';
import { Fingerprint, type Tensors } from './canonical.ts';
import { storedTensors } from './gamma.ts';
import { openKerasFile } from './keras-h5.ts';
import { matchInception } from './match.ts';
import { countValues, readTensors, scan, writeTensors } from './weights-file.ts';

/** Name of the weights that come with Twofold, and of the official ones of Keras once they are downloaded. */
export const DEFAULT_NAME = 'default';
export const KERAS_NAME = 'keras';

/** Of the shipped file. It changes only with the package it is made of; a file with another one is damaged. */
const DEFAULT_FINGERPRINT = 'd735b09fcc69d7264e3efab9655ed7d77489be5220eb57b07d8339a583ebebcb';
const FORMAT = 'twofold-weights';
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

export interface WeightsInfo {
  /** What `--weights` and a recipe take. */
  name: string;
  /** What they are, for people. */
  title: string;
  /** Whether they can be used: the file is on this machine and has a good header. */
  available: boolean;
  /** SHA-256 of the values, 64 hexadecimal digits; null where not available, like the rest. */
  fingerprint: string | null;
  /** InceptionV3 without its top has 21,802,784; fewer are in a file that ends before mixed10. */
  parameters: number | null;
  sizeBytes: number | null;
}

/** Weights on this machine. */
export interface Weights {
  name: string;
  title: string;
  fingerprint: string;
  path: string;
  /**
   * Reads what a network needs, unfolded: kernels HWIO, batch normalisation without gamma (`conv2d/kernel`,
   * `batch_normalization/moving_mean`, …). The file is checked against the fingerprint.
   */
  read(architecture: Architecture): Promise<Tensors>;
}

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  title: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

const DEFAULT_TITLE =
  'ImageNet-pretrained, 8-bit, last blocks fine-tuned for content moderation (nsfwjs, MIT)';
const KERAS_TITLE = 'ImageNet-pretrained, the official file of Keras, as in the Keras tutorial';

/** All weights there are or could be had: the shipped ones, the official ones of Keras, and imported ones by name. */
export async function listWeights(): Promise<WeightsInfo[]> {
  const imported = (await storedNames()).filter((name) => name !== KERAS_NAME);
  return Promise.all([DEFAULT_NAME, KERAS_NAME, ...imported].map(inspect));
}

/**
 * Finds weights by name; reads only the header of their file.
 *
 * @throws TwofoldError `not-found` saying how to get them, `corrupt` when the file is damaged
 */
export async function loadWeights(name: string): Promise<Weights> {
  const { path, title, fingerprint } = await identify(name);
  return {
    name,
    title,
    fingerprint,
    path,
    read: (architecture) => readTensors(path, { name, fingerprint }, architecture),
  };
}

/**
 * Takes InceptionV3's weights from a `.h5` file of Keras (weights only or a whole model, layers numbered from anywhere)
 * into the store, as float32.
 *
 * @param name under which they are used from then on: letters, digits, `.`, `_`, `-`
 * @throws TwofoldError `bad-input` for a bad name or a file that does not hold InceptionV3, `exists` when other weights
 * have that name, `corrupt`, `not-found`
 */
export async function importWeights(file: string, name: string): Promise<WeightsInfo> {
  if (!NAME.test(name) || name === DEFAULT_NAME || name === KERAS_NAME) {
    throw new TwofoldError(
      'bad-input',
      `Weights can't be named "${name}". Use letters, digits, ".", "_" or "-", at most 64, ` +
        `and another name than "${DEFAULT_NAME}" and "${KERAS_NAME}".`,
    );
  }
  return storeKerasFile(file, name, `imported from ${basename(file)}`);
}

/** Stores the official file under its own name. */
export async function storeOfficial(file: string): Promise<WeightsInfo> {
  return storeKerasFile(file, KERAS_NAME, KERAS_TITLE);
}

async function storeKerasFile(path: string, name: string, title: string): Promise<WeightsInfo> {
  const file = await openKerasFile(path);
  try {
    const tensors = storedTensors(file, matchInception(file.shapes, path));
    const hash = new Fingerprint();
    for (const { key, shape, values } of tensors) hash.add({ key, shape }, values());
    const fingerprint = hash.digest();
    if (!(await isStored(name, fingerprint))) {
      await mkdir(storeFolder(), { recursive: true });
      await writeTensors(storePath(name), tensors, { format: FORMAT, title, fingerprint });
    }
    return await inspect(name);
  } finally {
    file.close();
  }
}

/** Whether the same weights are there already. A damaged file counts as none: it is written anew. */
async function isStored(name: string, fingerprint: string): Promise<boolean> {
  const present = await identify(name).catch((error: unknown) => {
    if (error instanceof TwofoldError) return null;
    throw error;
  });
  if (!present) return false;
  if (present.fingerprint === fingerprint) return (await scan(present.path).catch(() => '')) === fingerprint;
  throw new TwofoldError(
    'exists',
    `There are other weights named "${name}" already (fingerprint ${present.fingerprint.slice(0, 12)}). Choose another name.`,
  );
}

async function identify(name: string): Promise<{ path: string; title: string; fingerprint: string }> {
  const path = name === DEFAULT_NAME ? defaultPath() : storePath(name);
  if (!NAME.test(name) || !(await isFile(path))) throw await unknownWeights(name);
  if (name === DEFAULT_NAME) return { path, title: DEFAULT_TITLE, fingerprint: DEFAULT_FINGERPRINT };
  const file = await SafetensorsFile.open(path);
  await file.close();
  const { success, data } = metadataSchema.safeParse(file.metadata);
  if (success) return { path, title: data.title, fingerprint: data.fingerprint };
  throw new TwofoldError(
    'corrupt',
    `${path} is not a weights file of Twofold's. Import the weights "${name}" again.`,
  );
}

async function inspect(name: string): Promise<WeightsInfo> {
  const unavailable = { name, available: false, fingerprint: null, parameters: null, sizeBytes: null };
  try {
    const { path, title, fingerprint } = await identify(name);
    const file = await SafetensorsFile.open(path);
    await file.close();
    const parameters = countValues([...file.tensors.values()]);
    return { name, title, available: true, fingerprint, parameters, sizeBytes: (await stat(path)).size };
  } catch (error) {
    if (!(error instanceof TwofoldError)) throw error;
    if (error.code === 'corrupt') return { ...unavailable, title: `damaged: ${error.message}` };
    return { ...unavailable, title: name === KERAS_NAME ? KERAS_TITLE : DEFAULT_TITLE };
  }
}

async function unknownWeights(name: string): Promise<TwofoldError> {
  if (name === DEFAULT_NAME) {
    return new TwofoldError(
      'not-found',
      `The weights that come with Twofold are missing at ${defaultPath()}. Run "npm run setup".`,
    );
  }
  if (name === KERAS_NAME) {
    return new TwofoldError(
      'not-found',
      'The official Keras weights are not on this machine. Run "twofold weights download", or import a file of them.',
    );
  }
  const names = [DEFAULT_NAME, ...(await storedNames())].join(', ');
  return new TwofoldError(
    'not-found',
    `There are no weights named "${name}". There are: ${names}. Add some with "twofold weights import".`,
  );
}

async function storedNames(): Promise<string[]> {
  const files = await readdir(storeFolder()).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return files
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => basename(file, '.safetensors'))
    .filter((name) => NAME.test(name))
    .sort();
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
const storeFolder = (): string => join(dataFolder(), 'weights');
const storePath = (name: string): string => join(storeFolder(), `${name}.safetensors`);
const defaultPath = (): string => join(resourceFolder(), 'weights', 'default.safetensors');
