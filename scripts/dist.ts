import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build as pack, Platform } from 'electron-builder';
import { buildIfStale } from './build/fresh.ts';
import { ROOT } from './build/sources.mjs';
import { installedElectron } from './setup/electron.ts';

const USAGE = `Usage: npm run dist -- [--dir] [--out FOLDER]

Packages the app for this platform in release/, with the Electron and the native libraries that set-up installed.

  --dir          write the unpacked app only; needs no network
  --out FOLDER   write to FOLDER instead of release/`;

/** Electron's folder as electron-builder expects it: the one with the executable, or on macOS with Electron.app. */
function electronFolder(): string {
  const program = createRequire(import.meta.url)('electron') as string;
  return process.platform === 'darwin' ? join(dirname(program), '../../..') : dirname(program);
}

const { values } = parseArgs({
  options: { dir: { type: 'boolean', default: false }, out: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const weights = join(ROOT, '.cache/weights/nsfwjs.safetensors');
if (!existsSync(weights)) throw new Error(`${weights} is missing. Run "npm run setup" first.`);
const electronVersion = installedElectron();
if (electronVersion === undefined)
  throw new Error('Electron is not installed. Run "npm run setup -- --for app".');

await buildIfStale();
await pack({
  projectDir: ROOT,
  targets: Platform.current().createTarget(values.dir ? 'dir' : undefined),
  config: {
    extends: join(ROOT, 'electron-builder.yml'),
    electronDist: electronFolder(),
    electronVersion,
    ...(values.out !== undefined && { directories: { output: resolve(values.out) } }),
  },
  publish: 'never',
});
