import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../main/files/download.ts';
import type { Patience } from '../../main/files/http.ts';
import { run, runOrThrow } from './child.ts';
import { requireCompiler } from './compiler.ts';
import { download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { findHeaders } from './node-headers.ts';
import type { Progress } from './progress.ts';
import { locateWheel, type Wheel } from './pypi.ts';
import { unpackZip } from './unpack.ts';

export const WHEEL_VERSION = '2.15.1';

const wheel = (project: string, platform: string, sha256: string): Wheel => ({
  project,
  file: `${project.replaceAll('-', '_')}-${WHEEL_VERSION}-cp310-cp310-${platform}.whl`,
  integrity: fromHex('sha256', sha256),
});

/**
 * Google's own builds for Python by Node's platform and architecture. Their library has the whole C API, which is all
 * that tfjs-node's add-on calls. Wheels for Windows have it only as a Python extension.
 */
const WHEELS: Partial<Record<string, Wheel>> = {
  'linux-x64': wheel(
    'tensorflow-cpu',
    'manylinux_2_17_x86_64.manylinux2014_x86_64',
    'ba9503db2c5357ea21938555323581fbdabf3d051b6bc1b5f73c5b0ae034d077',
  ),
  'linux-arm64': wheel(
    'tensorflow-cpu-aws',
    'manylinux_2_17_aarch64.manylinux2014_aarch64',
    'c781d95cb8c58d47cb012b7b4e77b2f3e8d4d47b45926bc54976506fa0c037cc',
  ),
  'darwin-x64': wheel(
    'tensorflow-cpu',
    'macosx_10_15_x86_64',
    'f211b011e812f827f5452b1d5f19865645c65df6e2a07d71118480c40887133e',
  ),
  'darwin-arm64': wheel(
    'tensorflow',
    'macosx_12_0_arm64',
    '10132acc072d59696c71ce7221d2d8e0e3ff1e6bc8688dbac6d7aed8e675b710',
  ),
};

/** The wheel for this machine; undefined if none has the library. */
export const wheelForThisMachine = (): Wheel | undefined => WHEELS[`${process.platform}-${process.arch}`];

const onMac = process.platform === 'darwin';
const LIBRARIES = onMac
  ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
  : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The headers of the C API and those that they include. */
const HEADERS = /^tensorflow\/include\/((?:tensorflow\/(?:c|core\/platform|tsl)|tsl|xla)\/.*\.h)$/;

/** Where a file of the wheel goes, relative to `deps`; undefined skips it. */
function placeOf(path: string): string | undefined {
  const name = path.replace(/^tensorflow\//, '');
  if (LIBRARIES.includes(name)) return `lib/${name}`;
  if (name === 'THIRD_PARTY_NOTICES.txt') return name;
  if (path.endsWith('.dist-info/LICENSE')) return 'LICENSE';
  const header = HEADERS.exec(path)?.[1];
  return header === undefined ? undefined : `include/${header}`;
}

/**
 * Takes TensorFlow's library from its wheel and compiles the add-on of @tensorflow/tfjs-node against it, from the
 * source in that package.
 *
 * @param folder of the package @tensorflow/tfjs-node
 * @throws TwofoldError `network`; `runtime` without a compiler
 */
export async function installFromWheel(
  wanted: Wheel,
  folder: string,
  progress: Progress,
  patience: Patience,
): Promise<void> {
  // Checked before downloading 200 MB.
  await requireCompiler('TensorFlow', ['c++'], progress);
  const path = await download(await locateWheel(wanted, patience), progress, patience);
  progress.stage('Unpacking TensorFlow');
  const deps = draftOf(join(folder, 'deps'));
  await unpackZip(path, deps, placeOf);
  // Drops 165 MB of debug symbols. Without binutils the library is only larger; on macOS it would lose its signature.
  const libraries = LIBRARIES.map((name) => join(deps, 'lib', name));
  if (!onMac) await run('strip', ['--strip-unneeded', ...libraries]);
  const lib = await compileAddon(folder, deps, libraries, progress);
  rmSync(join(deps, 'include'), { recursive: true });
  putInPlace(deps, join(folder, 'deps'));
  putInPlace(lib, join(folder, 'lib'));
}

/** @returns a draft of the package's folder `lib` with the add-on */
async function compileAddon(
  folder: string,
  deps: string,
  libraries: readonly string[],
  progress: Progress,
): Promise<string> {
  const nodeHeaders = await findHeaders(progress);
  progress.stage("Compiling TensorFlow's add-on");
  const lib = draftOf(join(folder, 'lib'));
  mkdirSync(join(lib, 'napi-v8'));
  const source = join(folder, 'binding');
  await runOrThrow("TensorFlow's add-on could not be compiled", 'c++', [
    ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
    ...['-I', join(nodeHeaders, 'include', 'node'), '-I', source, '-I', join(deps, 'include')],
    ...[join(source, 'tfjs_backend.cc'), join(source, 'tfjs_binding.cc'), ...libraries],
    ...(onMac ? ['-undefined', 'dynamic_lookup'] : []),
    `-Wl,-rpath,${onMac ? '@loader_path' : '$ORIGIN'}/../../deps/lib`,
    ...['-o', join(lib, 'napi-v8', 'tfjs_binding.node')],
  ]);
  return lib;
}
