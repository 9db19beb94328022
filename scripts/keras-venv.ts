import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { TwofoldError } from '../shared/errors.ts';
import { run } from './setup/child.ts';
import { withLock } from './setup/lock.ts';
import type { Progress } from './setup/progress.ts';
import { ROOT } from './setup/step.ts';

/** Versions of Keras that the benchmarks and `npm run test:keras` compare with. */
export type KerasVersion = '2.15' | '3';

interface Environment {
  /** Versions of Python that TensorFlow has wheels for, in order of preference. */
  pythons: readonly string[];
  requirements: readonly string[];
}

const ENVIRONMENTS: Record<KerasVersion, Environment> = {
  '2.15': {
    pythons: ['3.11', '3.10', '3.9'],
    requirements: ['tensorflow-cpu==2.15.1', 'keras==2.15.0', 'numpy<2', 'h5py', 'pillow', 'scipy'],
  },
  '3': {
    pythons: ['3.12', '3.11', '3.13', '3.10'],
    requirements: ['tensorflow-cpu==2.21.0', 'keras==3.15.1', 'h5py', 'pillow', 'scipy'],
  },
};

const folderOf = (version: KerasVersion): string => join(ROOT, '.cache', `keras-${version}`);
const stampOf = (version: KerasVersion): string => join(folderOf(version), 'twofold-complete.json');

/** Path of the environment's Python, whether it exists or not. */
export function venvPython(version: KerasVersion): string {
  return process.platform === 'win32'
    ? join(folderOf(version), 'Scripts', 'python.exe')
    : join(folderOf(version), 'bin', 'python');
}

/**
 * Creates a virtual environment with real Keras in `.cache/keras-VERSION` unless it exists: a minute and 1.5 GB, from
 * PyPI. Can be interrupted, run again, and run by several processes at once.
 *
 * @returns path of its Python
 * @throws TwofoldError `runtime` without a suitable Python, `network` when PyPI can't be reached
 */
export async function ensureVenv(version: KerasVersion, progress: Progress): Promise<string> {
  const python = venvPython(version);
  if (isComplete(version)) return python;
  await withLock(
    folderOf(version),
    async () => {
      if (!isComplete(version)) await createVenv(version, progress);
    },
    () => progress.stage(`Waiting for another process that installs Keras ${version}`),
  );
  return python;
}

const key = (version: KerasVersion): string => ENVIRONMENTS[version].requirements.join(' ');

/** Whether it is complete, with the requirements of this version of Twofold. */
function isComplete(version: KerasVersion): boolean {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(version), 'utf8')) as { key?: unknown };
    return stamp.key === key(version) && existsSync(venvPython(version));
  } catch {
    return false;
  }
}

async function createVenv(version: KerasVersion, progress: Progress): Promise<void> {
  const { pythons, requirements } = ENVIRONMENTS[version];
  progress.stage(`Looking for a Python for Keras ${version}`);
  const base = await findPython(version, pythons);
  progress.stage(`Creating a virtual environment for Keras ${version}`);
  // Virtual environments can't be moved, so an unfinished one is started over in place.
  await rm(folderOf(version), { recursive: true, force: true });
  const created = await run(base, ['-m', 'venv', folderOf(version)]);
  if (created.failed) {
    throw new TwofoldError(
      'runtime',
      `${base} could not create a virtual environment: ${lastLine(created.stdout + created.stderr)}`,
    );
  }
  await install(version, requirements, progress);
  progress.stage(`Testing Keras ${version}`);
  const proof =
    'import keras, h5py, PIL, scipy, tensorflow; print(keras.__version__, tensorflow.__version__)';
  const tried = await run(venvPython(version), ['-c', proof], { env: QUIET });
  if (tried.failed) {
    throw new TwofoldError(
      'runtime',
      `Keras ${version} was installed but does not start: ${lastLine(tried.stderr)}`,
    );
  }
  await writeFileAtomic(
    stampOf(version),
    `${JSON.stringify({ key: key(version), versions: tried.stdout.trim() })}\n`,
  );
}

/** The first Python of a suitable version that can create virtual environments. */
async function findPython(version: KerasVersion, versions: readonly string[]): Promise<string> {
  const proof = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const withoutVenv: string[] = [];
  for (const name of [...versions.map((each) => `python${each}`), 'python3', 'python', '/usr/bin/python3']) {
    const tried = await run(name, ['-c', proof]);
    if (!tried.failed && versions.includes(tried.stdout.trim())) return name;
    if (tried.stderr.includes('ensurepip')) withoutVenv.push(name);
  }
  const hint =
    withoutVenv.length > 0
      ? `${withoutVenv[0]} has no venv module; on Debian, install it with "apt-get install python3-venv".`
      : 'On Debian 12, install it with "apt-get install python3 python3-venv".';
  throw new TwofoldError(
    'runtime',
    `Keras ${version} needs Python ${versions.join(', ')} with the venv module, and none was found on the PATH. ${hint}`,
  );
}

async function install(
  version: KerasVersion,
  requirements: readonly string[],
  progress: Progress,
): Promise<void> {
  progress.stage(`Installing Keras ${version} from PyPI (about 500 MB)`);
  const options = ['--disable-pip-version-check', '--no-input', '--retries', '2', '--timeout', '15'];
  const installed = await run(
    venvPython(version),
    ['-m', 'pip', 'install', '--progress-bar', 'off', ...options, ...requirements],
    {},
    (line) => {
      const stage = /^\s*(Downloading \S+(?: \([^)]*\))?|Installing collected packages)/.exec(line)?.[1];
      if (stage !== undefined) progress.stage(stage.replace(/https?:\S*\//, ''));
    },
  );
  if (!installed.failed) return;
  if (
    /ConnectionError|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|HTTP error|No matching distribution|Temporary failure/i.test(
      installed.stderr,
    )
  ) {
    throw new TwofoldError(
      'network',
      `Keras ${version} could not be installed: PyPI can't be reached (${lastLine(installed.stderr)}). ` +
        'Run this where PyPI or a mirror of it (PIP_INDEX_URL) can be reached.',
    );
  }
  throw new TwofoldError('runtime', `Keras ${version} could not be installed: ${lastLine(installed.stderr)}`);
}

/** Suppresses TensorFlow's start-up messages. */
const QUIET = { TF_CPP_MIN_LOG_LEVEL: '3' };

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
