import { open } from 'node:fs/promises';
import type { Dataset, File, Group } from 'h5wasm/node';
import { TwofoldError } from '../../../shared/errors.ts';

export interface KerasTensor {
  shape: readonly number[];
  /** Row-major. */
  values: Float32Array;
}

/** An open Keras `.h5` file. Close it after use. */
export interface KerasFile {
  /** The parsed attribute `model_config` of a file with a whole model. */
  modelConfig: unknown;
  /** Shape of every weight by layer and weight, as the file names them: `conv2d_1/kernel:0`. */
  shapes: ReadonlyMap<string, readonly number[]>;
  /** Reads one weight into memory. */
  read(name: string): KerasTensor;
  close(): void;
}

const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/**
 * Opens a `.h5` file as Keras 2 and 3 write it with `save_weights` or `save`, including models with a nested base.
 *
 * @throws TwofoldError `not-found`; `bad-input` when it is not an HDF5 file or has no Keras weights; `corrupt` when it is
 * truncated
 */
export async function openKerasFile(path: string): Promise<KerasFile> {
  await checkSignature(path);
  const hdf5 = await loadLibrary();
  const file = openHdf5(hdf5, path);
  try {
    const root = file.get('model_weights') ?? file;
    if (!(root instanceof hdf5.Group)) throw noWeights(path);
    const datasets = new Map<string, Dataset>();
    collect(hdf5, root, datasets);
    if (datasets.size === 0) throw noWeights(path);
    return {
      modelConfig: modelConfig(path, file),
      shapes: new Map([...datasets].map(([name, dataset]) => [name, dataset.shape ?? []])),
      read: (name) => read(path, name, datasets),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error instanceof TwofoldError ? error : damaged(path, error);
  }
}

async function checkSignature(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TwofoldError('not-found', `${path} does not exist.`, { cause: error });
  });
  try {
    const start = Buffer.alloc(SIGNATURE.length);
    await handle.read(start, 0, start.length, 0);
    if (start.equals(SIGNATURE)) return;
  } finally {
    await handle.close();
  }
  throw new TwofoldError('bad-input', `${path} is not an HDF5 file. Expected a .h5 file that Keras wrote.`);
}

type Library = typeof import('h5wasm/node');

/** Loaded only when needed: from sources (tsx) its 4 MB of WebAssembly in JavaScript take seconds and 600 MB to load. */
async function loadLibrary(): Promise<Library> {
  const library = await import('h5wasm/node');
  await library.ready;
  // Otherwise it prints its own stack to standard error and returns a file that can't be read.
  library.Module.activate_throwing_error_handler();
  return library;
}

function openHdf5(hdf5: Library, path: string): File {
  try {
    return new hdf5.File(path, 'r');
  } catch (error) {
    throw damaged(path, error);
  }
}

/** Finds the datasets at `…/layer/weight` below a group. */
function collect(hdf5: Library, group: Group, into: Map<string, Dataset>): void {
  for (const key of group.keys()) {
    const child = group.get(key);
    if (child instanceof hdf5.Group) collect(hdf5, child, into);
    else if (child instanceof hdf5.Dataset) into.set(child.path.split('/').slice(-2).join('/'), child);
  }
}

function modelConfig(path: string, file: File): unknown {
  const text = file.attrs.model_config?.value;
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, error);
  }
}

function read(path: string, name: string, datasets: ReadonlyMap<string, Dataset>): KerasTensor {
  const dataset = datasets.get(name);
  if (!dataset) throw new TwofoldError('bad-input', `${path} has no weight ${name}.`);
  let values: unknown;
  try {
    values = dataset.value;
  } catch (error) {
    throw damaged(path, error);
  }
  if (values instanceof Float32Array || values instanceof Float64Array) {
    return { shape: dataset.shape ?? [], values: Float32Array.from(values) };
  }
  throw new TwofoldError(
    'unsupported',
    `${path} stores ${name} as ${JSON.stringify(dataset.dtype)}. Expected 32-bit or 64-bit floating-point numbers.`,
  );
}

const noWeights = (path: string): TwofoldError =>
  new TwofoldError(
    'bad-input',
    `${path} has no weights as Keras writes them. Expected a file from save_weights("….h5") or save("….h5").`,
  );

const damaged = (path: string, cause: unknown): TwofoldError =>
  new TwofoldError(
    'corrupt',
    `${path} is damaged or incomplete. Download it again or restore it from a backup.`,
    {
      cause,
    },
  );
