import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runOrThrow } from './child.ts';
import { download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { PATIENCE, type Patience } from './http.ts';
import { fromHex, type Integrity } from './integrity.ts';
import type { Progress } from './progress.ts';
import { firstThatWorks, type Source } from './sources.ts';
import { packageVersion, ROOT, type Step } from './step.ts';
import { installFromWheel, WHEEL_VERSION, wheelForThisMachine } from './tensorflow-wheel.ts';
import { unpackTar } from './unpack.ts';

const PACKAGE = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-node');
const ADDON = join('lib', 'napi-v8', 'tfjs_binding.node');

/** Google's prebuilt library, an older one, where no wheel can be used. */
const LIBTENSORFLOW = {
  path: 'tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
  // As nixpkgs (mjolnir) and several Bazel and CMake builds pin it.
  integrity: fromHex('sha256', '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173'),
};

/** TensorFlow's native library and the addon through which @tensorflow/tfjs-node calls it. */
export const tensorflowStep: Step = {
  name: 'tensorflow',
  title: 'TensorFlow',
  purposes: ['cli', 'test', 'app'],
  key: () => `2 tfjs-node ${packageVersion('@tensorflow/tfjs-node')} ${process.platform}-${process.arch}`,
  outputs: () => [join(PACKAGE, ADDON), join(PACKAGE, 'deps', 'lib')],
  install: async (progress) => {
    if (existsSync(join(PACKAGE, ADDON))) {
      progress.stage('Trying the TensorFlow that is there');
      const version = await proveTensorflow(PACKAGE).catch(() => undefined);
      // Another version than the wheel's is replaced: everybody gets the one that is tested.
      const isWanted = wheelForThisMachine() === undefined || version === WHEEL_VERSION;
      if (version !== undefined && isWanted) return `TensorFlow ${version}, as it was found`;
    }
    return installTensorflow(PACKAGE, progress);
  },
};

/**
 * Installs into `folder` (of the package @tensorflow/tfjs-node) and proves that it computes.
 *
 * @returns which version it is and where it came from
 */
export async function installTensorflow(
  folder: string,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<string> {
  const wheel = wheelForThisMachine();
  const fromWheel: Source[] =
    wheel === undefined
      ? []
      : [
          {
            name: `the Python Package Index (${wheel.project})`,
            install: async () => {
              await installFromWheel(wheel, folder, progress, patience);
              return `TensorFlow ${await prove(folder, progress)} from ${wheel.file}`;
            },
          },
        ];
  const onLinuxX64 = process.platform === 'linux' && process.arch === 'x64';
  const prebuilt: Source = {
    name: "TensorFlow's own server",
    install: async () => {
      await (onLinuxX64 ? installPrebuilt(folder, progress, patience) : runOwnInstaller(folder, progress));
      return `TensorFlow ${await prove(folder, progress)} from its own server`;
    },
  };
  return firstThatWorks('TensorFlow', [...fromWheel, prebuilt]);
}

const prove = (folder: string, progress: Progress): Promise<string> => {
  progress.stage('Trying TensorFlow');
  return proveTensorflow(folder);
};

/** What the package's own installer would fetch; that one ignores a server's errors and checks no hash. */
async function installPrebuilt(folder: string, progress: Progress, patience: Patience): Promise<void> {
  const host = process.env.TFJS_NODE_CDN_STORAGE ?? 'https://storage.googleapis.com/';
  const version = packageVersion('@tensorflow/tfjs-node');
  const library = await download(
    {
      url: host + LIBTENSORFLOW.path,
      file: 'libtensorflow-2.9.1.tar.gz',
      integrity: LIBTENSORFLOW.integrity,
    },
    progress,
    patience,
  );
  const addon = await download(
    {
      url: `${host}tf-builds/pre-built-binary/napi-v8/${version}/CPU-linux-${version}.tar.gz`,
      file: `tfjs-node-addon-${version}.tar.gz`,
      // No hash of it was ever published; the store itself says what it holds.
      integrity: (response) => storedMd5(response.headers.get('x-goog-hash')),
    },
    progress,
    patience,
  );
  progress.stage('Unpacking TensorFlow');
  const deps = draftOf(join(folder, 'deps'));
  await unpackTar(library, deps, (path) => path);
  const lib = draftOf(join(folder, 'lib'));
  // Packed in a folder whose name does not matter, as node-pre-gyp has it.
  await unpackTar(addon, join(lib, 'napi-v8'), (path) => path.slice(path.indexOf('/') + 1));
  putInPlace(deps, join(folder, 'deps'));
  putInPlace(lib, join(folder, 'lib'));
}

/** Google's storage sends `crc32c=…,md5=…` (base64) with each file. */
function storedMd5(header: string | null): Integrity | undefined {
  const md5 = /md5=([A-Za-z0-9+/=]+)/.exec(header ?? '')?.[1];
  return md5 === undefined ? undefined : `md5-${md5}`;
}

/** On other platforms the package knows best what to fetch or to build. */
async function runOwnInstaller(folder: string, progress: Progress): Promise<void> {
  progress.stage("Running TensorFlow's own installer (about 150 MB; can take some minutes)");
  const bin = join(ROOT, 'node_modules', '.bin');
  await runOrThrow("TensorFlow's installer failed", process.execPath, ['scripts/install.js'], {
    cwd: folder,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
    timeoutMs: 30 * 60_000,
  });
}

/** tfjs-node calls two functions of node:util that Node 23 removed. */
const PROOF = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join();
if (product !== '19,22,43,50') throw new Error('matMul gave ' + product);
console.log(tf.backend().binding.TF_Version);
`;

/**
 * Multiplies two matrices with the library in a child process.
 *
 * @returns version of the native library, such as `2.9.1`
 * @throws TwofoldError `runtime` when it does not load or compute
 */
export async function proveTensorflow(folder: string): Promise<string> {
  return runOrThrow('TensorFlow was installed but does not work', process.execPath, ['-e', PROOF, folder], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    timeoutMs: 120_000,
  });
}
