import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { fromHex } from '../../main/files/download.ts';
import { PATIENCE, type Patience } from '../../main/files/http.ts';
import { runOrThrow } from './child.ts';
import { download, type Resource } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import type { Progress } from './progress.ts';
import { firstOrFallback, type Source } from './sources.ts';
import { packageVersion, ROOT, type Installed, type Step } from './step.ts';
import { installFromWheel, WHEEL_VERSION, wheelForThisMachine } from './tensorflow-wheel.ts';
import { unpackTar } from './unpack.ts';

const PACKAGE = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node');
const ADDON = join('lib', 'napi-v8', 'tfjs_binding.node');

/** TensorFlow's native library and the add-on through which @tensorflow/tfjs-node calls it. */
export const tensorflowStep: Step = {
  name: 'tensorflow',
  purposes: ['cli', 'test', 'app'],
  key: () => `3 tfjs-node ${packageVersion('@tensorflow/tfjs-node')} ${process.platform}-${process.arch}`,
  outputs: () => [join(PACKAGE, ADDON), join(PACKAGE, 'deps', 'lib')],
  install: async (progress) => {
    if (existsSync(join(PACKAGE, ADDON))) {
      progress.stage('Testing the installed TensorFlow');
      const version = await proveTensorflow(PACKAGE).catch(() => undefined);
      // A version other than the wheel's is replaced, so that everyone has the tested one.
      const isWanted = wheelForThisMachine() === undefined || version === WHEEL_VERSION;
      if (version !== undefined && isWanted) return `TensorFlow ${version}: already installed`;
    }
    return installTensorflow(PACKAGE, progress);
  },
};

/**
 * Installs TensorFlow into `folder` (of the package @tensorflow/tfjs-node) and tests that it computes. Where the wheel's
 * version can't be installed, a TensorFlow 2 that is already there is kept.
 *
 * @returns its version and where it came from; another version than the wheel's is a fallback
 * @throws TwofoldError `network` listing every source with the reason
 */
export async function installTensorflow(
  folder: string,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<Installed> {
  const source = (name: string, install: () => Promise<void>): Source => ({
    name,
    install: async () => {
      await install();
      progress.stage('Testing TensorFlow');
      return `TensorFlow ${await proveTensorflow(folder)}: installed from ${name}`;
    },
  });
  const ownServer = source("TensorFlow's own server", () =>
    process.platform === 'linux' && process.arch === 'x64'
      ? installPrebuilt(folder, progress, patience)
      : runOwnInstaller(folder, progress),
  );
  const wheel = wheelForThisMachine();
  if (wheel === undefined) return firstOrFallback('TensorFlow', [ownServer]);
  const index = source(`the Python Package Index (${wheel.project})`, () =>
    installFromWheel(wheel, folder, progress, patience),
  );
  const present = { name: 'this checkout', install: () => keepInstalled(folder, progress) };
  return firstOrFallback('TensorFlow', [
    index,
    ...(existsSync(join(folder, ADDON)) ? [present] : []),
    ownServer,
  ]);
}

async function keepInstalled(folder: string, progress: Progress): Promise<string> {
  progress.stage('Testing the installed TensorFlow');
  const version = await proveTensorflow(folder);
  if (version.startsWith('1.')) throw new TwofoldError('unsupported', `TensorFlow ${version} is too old`);
  return `TensorFlow ${version}: already installed`;
}

/** Downloads the files of the package's own installer, which ignores HTTP errors and verifies nothing. */
async function installPrebuilt(folder: string, progress: Progress, patience: Patience): Promise<void> {
  const host = process.env.TFJS_NODE_CDN_STORAGE ?? 'https://storage.googleapis.com/';
  const version = packageVersion('@tensorflow/tfjs-node');
  const library: Resource = {
    url: `${host}tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz`,
    file: 'libtensorflow-2.9.1.tar.gz',
    // The same as in nixpkgs (mjolnir) and several Bazel and CMake builds.
    integrity: fromHex('sha256', '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173'),
  };
  const addon: Resource = {
    url: `${host}tf-builds/pre-built-binary/napi-v8/${version}/CPU-linux-${version}.tar.gz`,
    file: `tfjs-node-addon-${version}.tar.gz`,
    // No checksum of it was published; Google's storage sends `crc32c=…,md5=…` (base64) with each file.
    integrity: (headers) => {
      const md5 = /md5=([A-Za-z0-9+/=]+)/.exec(headers.get('x-goog-hash') ?? '')?.[1];
      return md5 === undefined ? undefined : `md5-${md5}`;
    },
  };
  const archives = [
    await download(library, progress, patience),
    await download(addon, progress, patience),
  ] as const;
  progress.stage('Unpacking TensorFlow');
  const deps = draftOf(join(folder, 'deps'));
  await unpackTar(archives[0], deps);
  const lib = draftOf(join(folder, 'lib'));
  await unpackTar(archives[1], join(lib, 'napi-v8'), 1);
  putInPlace(deps, join(folder, 'deps'));
  putInPlace(lib, join(folder, 'lib'));
}

/** Runs the package's own installer, on other platforms. */
async function runOwnInstaller(folder: string, progress: Progress): Promise<void> {
  progress.stage("Running TensorFlow's own installer (150 MB, some minutes)");
  await runOrThrow("TensorFlow's installer failed", process.execPath, ['scripts/install.js'], {
    cwd: folder,
    preferLocal: true, // it runs node-pre-gyp by name
    localDir: ROOT,
    timeout: 30 * 60_000,
  });
}

/** tfjs-node calls two functions of node:util that Node 23 removed. */
const PROOF = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join();
if (product !== '19,22,43,50') throw new Error('matMul returned ' + product);
console.log(tf.backend().binding.TF_Version);
`;

/**
 * Multiplies two matrices with the library in a child process.
 *
 * @returns version of the native library, such as `2.15.1`
 * @throws TwofoldError `runtime` when it does not load or compute
 */
export async function proveTensorflow(folder: string): Promise<string> {
  return runOrThrow('TensorFlow was installed but does not work', process.execPath, ['-e', PROOF, folder], {
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    timeout: 120_000,
  });
}
