import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

/**
 * The user's folder for what Twofold keeps between projects (imported weights, written graphs): the one the system has
 * for application data, or `TWOFOLD_HOME` where it is set. Not created here.
 */
export function dataFolder(): string {
  return process.env.TWOFOLD_HOME ?? envPaths('twofold', { suffix: '' }).data;
}

/**
 * The folder of what comes with Twofold and set-up makes (`weights/nsfwjs.safetensors`): `TWOFOLD_RESOURCES`, which a
 * packaged app sets, or `.cache` beside package.json.
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
