import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate as macrotask } from 'node:timers/promises';
import { z } from 'zod';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Architecture } from '../architecture/layers.ts';
import { SafetensorsFile } from '../../files/safetensors.ts';
import { Fingerprint, type Tensors } from './canonical.ts';
import { storedTensors } from './gamma.ts';
import { openKerasFile } from './keras-h5.ts';
import {
  currentName,
  DEFAULT_NAME,
  IMAGENET,
  KNOWN,
  NSFWJS,
  placesOf,
  resourcePath,
  storeFolder,
  storePath,
} from './known.ts';
import { matchInception } from './match.ts';
import { countValues, readTensors, scan, writeTensors, type StoredTensor } from './weights-file.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';

const FORMAT = 'twofold-weights';
/** float32 */
const BYTES_PER_VALUE = 4;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

export interface WeightsInfo {
  /** What `--weights` and a recipe take. */
  name: string;
  /** Description for the user. */
  title: string;
  /** Whether they can be used: the file exists and its header is valid. */
  available: boolean;
  /** SHA-256 of the values, 64 hexadecimal digits; null when not available, like the following. */
  fingerprint: string | null;
  /** InceptionV3 without its top has 21,802,784; a file that ends before mixed10 has fewer. */
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

/** The weights that a model was trained on. */
export interface WeightsReference {
  name: string;
  /** SHA-256 of the values. */
  fingerprint: string;
}

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  title: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

/** All weights, available or not: those that Twofold knows by name, the best first, then imported ones. */
export async function listWeights(): Promise<WeightsInfo[]> {
  const known = KNOWN.map(({ name }) => name);
  const imported = (await storedNames()).filter((name) => !known.includes(currentName(name)));
  return Promise.all([...known, ...imported].map(inspect));
}

/** The weights that `default` stands for on this machine. */
export async function bestWeights(): Promise<string> {
  return (await fileOf(IMAGENET.name)) === null ? NSFWJS.name : IMAGENET.name;
}

/**
 * Finds weights by name; reads only the file's header.
 *
 * @param given a name; `default` stands for the best available ones
 * @returns weights under their own name, never `default`
 * @throws TwofoldError `not-found` saying how to get them, `corrupt` when the file is damaged
 */
export async function loadWeights(given: string): Promise<Weights> {
  const name = given === DEFAULT_NAME ? await bestWeights() : currentName(given);
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
 * Finds the weights that a model was trained on by fingerprint, whatever their name here: with any others the head would
 * silently predict nonsense.
 *
 * @throws TwofoldError `not-found` saying how to get them
 */
export async function loadSameWeights({ name, fingerprint }: WeightsReference): Promise<Weights> {
  const same = (await listWeights()).find((info) => info.fingerprint === fingerprint);
  if (same) return loadWeights(same.name);
  const remedy =
    currentName(name) === IMAGENET.name
      ? 'Run "twofold weights download" to get them.'
      : 'Import the same weights (twofold weights import).';
  throw new TwofoldError(
    'not-found',
    `This model was trained on the InceptionV3 weights "${name}" with fingerprint ${fingerprint.slice(0, 12)}…, which are not on this computer. ${remedy}`,
  );
}

/**
 * Imports InceptionV3's weights from a Keras `.h5` file (weights only or a whole model, layers numbered from any number)
 * into the store, as float32.
 *
 * @param name for the weights: letters, digits, `.`, `_`, `-`
 * @throws TwofoldError `bad-input` for a bad name or a file without InceptionV3, `exists` when other weights have
 * that name, `corrupt`, `not-found`, `cancelled`
 */
export async function importWeights(
  file: string,
  name: string,
  options: ConvertOptions = {},
): Promise<WeightsInfo> {
  const taken = [DEFAULT_NAME, ...KNOWN.map((known) => known.name)];
  if (!NAME.test(name) || taken.includes(currentName(name))) {
    throw new TwofoldError(
      'bad-input',
      `"${name}" is not a valid name for weights. Use up to 64 letters, digits, ".", "_" or "-", ` +
        `and none of the names ${taken.map((one) => `"${one}"`).join(', ')}.`,
    );
  }
  await convertKerasFile(file, `imported from ${basename(file)}`, storePath(name), {
    ...options,
    isThere: (fingerprint) => isStored(name, fingerprint),
  });
  return inspect(name);
}

/** Stores the official file under its own name. */
export async function storeOfficial(file: string, options: ConvertOptions = {}): Promise<WeightsInfo> {
  await convertKerasFile(file, IMAGENET.title, storePath(IMAGENET.name), options);
  return inspect(IMAGENET.name);
}

export interface ConvertOptions {
  /** @param doneBytes of the values, each of which is read twice: to hash it, and to write it */
  onProgress?: (doneBytes: number, totalBytes: number) => void;
  signal?: AbortSignal;
}

/**
 * Converts InceptionV3's weights from a Keras `.h5` file to a weights file of Twofold, atomically.
 *
 * @param options `isThere`: whether the target already has the weights with this fingerprint
 * @throws TwofoldError as `importWeights`
 */
export async function convertKerasFile(
  path: string,
  title: string,
  target: string,
  {
    isThere = () => Promise.resolve(false),
    onProgress,
    signal,
  }: ConvertOptions & { isThere?: (fingerprint: string) => Promise<boolean> } = {},
): Promise<void> {
  const file = await openKerasFile(path);
  try {
    const tensors = storedTensors(file, matchInception(file.shapes, path));
    const totalBytes = countValues(tensors) * BYTES_PER_VALUE;
    let done = 0;
    const count = async ({ shape }: StoredTensor): Promise<void> => {
      // Lets a cancellation arrive.
      await macrotask();
      throwIfCancelled(signal);
      done += countValues([{ shape }]) * (BYTES_PER_VALUE / 2);
      onProgress?.(done, totalBytes);
    };
    const hash = new Fingerprint();
    for (const tensor of tensors) {
      hash.add(tensor, tensor.values());
      await count(tensor);
    }
    const fingerprint = hash.digest();
    if (await isThere(fingerprint)) return;
    await mkdir(dirname(target), { recursive: true });
    await writeTensors(target, tensors, { format: FORMAT, title, fingerprint }, count);
  } finally {
    file.close();
  }
}

/** Whether the same weights are already stored. A damaged file counts as missing and is replaced. */
async function isStored(name: string, fingerprint: string): Promise<boolean> {
  const present = await identify(name).catch((error: unknown) => {
    if (error instanceof TwofoldError) return null;
    throw error;
  });
  if (!present) return false;
  if (present.fingerprint === fingerprint) return (await scan(present.path).catch(() => '')) === fingerprint;
  throw new TwofoldError(
    'exists',
    `Other weights are already named "${name}" (fingerprint ${present.fingerprint.slice(0, 12)}). Choose another name.`,
  );
}

async function identify(name: string): Promise<{ path: string; title: string; fingerprint: string }> {
  const path = NAME.test(name) ? await fileOf(name) : null;
  if (path === null) throw await unknownWeights(name);
  if (name === NSFWJS.name) return { path, title: NSFWJS.title, fingerprint: NSFWJS.fingerprint };
  const file = await SafetensorsFile.open(path);
  await file.close();
  const { success, data } = metadataSchema.safeParse(file.metadata);
  if (success) return { path, title: data.title, fingerprint: data.fingerprint };
  throw new TwofoldError(
    'corrupt',
    `${path} is not a weights file that Twofold wrote. Import the weights "${name}" again.`,
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
    return { ...unavailable, title: KNOWN.find((known) => known.name === name)?.title ?? '' };
  }
}

async function unknownWeights(name: string): Promise<TwofoldError> {
  if (name === NSFWJS.name) {
    return new TwofoldError(
      'not-found',
      `The weights that come with Twofold are missing: ${resourcePath(name)}. Run "npm run setup".`,
    );
  }
  if (name === IMAGENET.name) {
    return new TwofoldError(
      'not-found',
      'The official ImageNet weights are not on this computer. Run "twofold weights download", or import the file with "twofold weights import".',
    );
  }
  const names = [...KNOWN.map((known) => known.name), ...(await storedNames())].join(', ');
  return new TwofoldError(
    'not-found',
    `There are no weights named "${name}". Available names: ${names}. Add weights with "twofold weights import".`,
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

/** The file of the weights; null without one. */
async function fileOf(name: string): Promise<string | null> {
  for (const path of placesOf(name)) {
    const isFile = await stat(path).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (isFile) return path;
  }
  return null;
}
