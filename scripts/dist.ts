import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build as pack, Platform } from 'electron-builder';
import { VERSION } from '../main/support/version.ts';
import { buildIfStale } from './build/fresh.ts';
import { ROOT } from './build/sources.mjs';
import { writeChecksums } from './package/checksums.ts';
import { writeDeb } from './package/deb.ts';
import { writeSbom } from './package/sbom.ts';
import { writeTarball } from './package/tarball.ts';
import { installedElectron } from './setup/electron.ts';

const USAGE = `Usage: npm run dist -- [--dir] [--appimage] [--out FOLDER]

Packages the app for this platform in release/, with the Electron and the native libraries that set-up installed, and
writes SHA256SUMS and a bill of materials. On Linux it needs no network.

  --dir          write the unpacked app only
  --appimage     on Linux, also write an AppImage; electron-builder downloads its tools from GitHub
  --out FOLDER   write to FOLDER instead of release/`;

/** Electron's folder as electron-builder expects it: the one with the executable, or on macOS with Electron.app. */
function electronFolder(): string {
  const program = createRequire(import.meta.url)('electron') as string;
  return process.platform === 'darwin' ? join(dirname(program), '../../..') : dirname(program);
}

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    appimage: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean' },
  },
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

const isLinux = process.platform === 'linux';
const out = resolve(values.out ?? join(ROOT, 'release'));

/** electron-builder's targets; deb and tar.gz are packed here, without its downloads. */
function targets(): string[] | undefined {
  if (values.dir || (isLinux && !values.appimage)) return ['dir'];
  return isLinux ? ['dir', 'AppImage'] : undefined;
}

await buildIfStale();
await pack({
  projectDir: ROOT,
  targets: Platform.current().createTarget(targets()),
  config: {
    extends: join(ROOT, 'electron-builder.yml'),
    electronDist: electronFolder(),
    electronVersion,
    directories: { output: out },
  },
  publish: 'never',
});
if (!values.dir) {
  if (isLinux) {
    const unpacked = join(out, 'linux-unpacked');
    const name = `Twofold-${VERSION}-linux-x64`;
    await writeDeb(unpacked, join(out, `${name}.deb`), VERSION);
    await writeTarball(unpacked, join(out, `${name}.tar.gz`), name);
  }
  await writeSbom(join(out, `Twofold-${VERSION}-sbom.cdx.json`), VERSION);
  for (const file of await writeChecksums(out)) console.log(join(out, file));
}
