import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import h5wasm, { type Group } from 'h5wasm/node';
import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import {
  CANONICAL_TENSORS,
  type CanonicalTensor,
  type TensorKey,
} from '../../main/model/weights/canonical.ts';

/** A folder that is Twofold's home for the time of a test file. */
export function temporaryHome(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'twofold-weights-'));
  process.env.TWOFOLD_HOME = folder;
  return {
    folder,
    remove: () => {
      delete process.env.TWOFOLD_HOME;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** InceptionV3's tensors up to a layer, in canonical order. */
export function tensorsTo(cut: string): CanonicalTensor[] {
  const names = new Set(inceptionV3({ cut }).layers.map(({ name }) => name));
  return CANONICAL_TENSORS.filter(({ key }) => names.has(key.split('/')[0]!));
}

/** Values that differ from tensor to tensor and place to place, reproducible. */
export function someValues({ key, shape }: CanonicalTensor): Float32Array {
  const seed = Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % 9973, 7);
  const positive = key.endsWith('variance') ? 1 : 0;
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, (_, i) => positive + 0.5 * Math.sin(seed + i));
}

export interface KerasLayout {
  /** Number of the first layer of each kind; 0 leaves it without a number. */
  from?: number;
  /** Whether the weights lie in `model_weights`, as in a file of a whole model. */
  wholeModel?: boolean;
  /** Group around the layers, where the base is a nested model. */
  nested?: string;
  /** Of each weight's name: `:0` in Keras 2. */
  suffix?: string;
}

/** Writes a `.h5` as Keras does: a group a layer, in it the weights under their own path. */
export async function writeKerasFile(
  path: string,
  tensors: readonly (CanonicalTensor & { values: Float32Array })[],
  { from = 1, wholeModel = false, nested, suffix = ':0' }: KerasLayout = {},
): Promise<void> {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'w');
  try {
    file.create_attribute('backend', 'tensorflow');
    let root: Group = wholeModel ? file.create_group('model_weights') : file;
    if (wholeModel)
      file.create_group('optimizer_weights').create_dataset({ name: 'iteration', data: new Float32Array(1) });
    if (nested) root = root.create_group(nested);
    const groups = new Map<string, Group>();
    for (const { key, shape, values } of tensors) {
      const [layer, weight] = renumber(key, from).split('/') as [string, string];
      let group = groups.get(layer);
      if (!group) {
        group = nested ? root.create_group(layer) : root.create_group(layer).create_group(layer);
        groups.set(layer, group);
      }
      group.create_dataset({ name: `${weight}${suffix}`, data: values, shape: [...shape], dtype: '<f' });
    }
  } finally {
    file.close();
  }
}

function renumber(key: TensorKey, from: number): string {
  const [, prefix, number, weight] = /^([a-z0-9_]+?)(?:_(\d+))?\/(.*)$/.exec(key)!;
  const index = Number(number ?? 0) + from;
  return `${index === 0 ? prefix! : `${prefix!}_${index}`}/${weight!}`;
}
