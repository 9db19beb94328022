import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/**
 * The user's folder for data that all projects share (imported weights, prepared graphs): the system's folder for
 * application data, or `TWOFOLD_HOME` if it is set. It is not created here.
 */
export function dataFolder(): string {
  return process.env.TWOFOLD_HOME ?? envPaths('twofold', { suffix: '' }).data;
}

/**
 * The folder of files that set-up creates and the packaged app includes (`weights/nsfwjs.safetensors`):
 * `TWOFOLD_RESOURCES`, which the packaged app sets, or `.cache` beside package.json.
 */
export function resourceFolder(): string {
  return process.env.TWOFOLD_RESOURCES ?? join(projectRoot(), '.cache');
}

function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return process.cwd();
    folder = parent;
  }
  return folder;
}
