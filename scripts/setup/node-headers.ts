import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { PATIENCE, type Patience } from '../../main/files/http.ts';
import { run } from './child.ts';
import { cacheFolder, download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { locateTarball } from './npm.ts';
import type { Progress } from './progress.ts';
import { firstThatWorks } from './sources.ts';
import { unpackTar } from './unpack.ts';

/**
 * Finds the C headers of this Node: next to it, where the system keeps them, or downloaded.
 *
 * @returns folder that holds `include/node` (node-gyp's `--nodedir`)
 */
export async function findHeaders(progress: Progress): Promise<string> {
  const folders = [dirname(dirname(process.execPath)), '/usr', '/usr/local', downloadedFolder()];
  return folders.find(hasHeaders) ?? fetchHeaders(progress);
}

const downloadedFolder = (): string => join(cacheFolder(), 'node-headers', process.version);

/**
 * Downloads the C headers of this Node to the cache: from nodejs.org (or `NODEJS_ORG_MIRROR`), otherwise from the npm
 * registry.
 *
 * @returns folder that holds `include/node`
 * @throws TwofoldError `network` listing both sources with the reason
 */
export async function fetchHeaders(progress: Progress, patience: Patience = PATIENCE): Promise<string> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return firstThatWorks("Node's C headers", [
    { name: 'nodejs.org', install: () => fetchOfficial(progress) },
    { name: `the npm registry (${name})`, install: () => fetchFromNpm(name, progress, patience) },
  ]);
}

/** Whether `folder` has headers of the same major version, within which the interface of add-ons does not change. */
function hasHeaders(folder: string): boolean {
  const path = join(folder, 'include', 'node', 'node_version.h');
  if (!existsSync(path) || !existsSync(join(folder, 'include', 'node', 'common.gypi'))) return false;
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(path, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0];
}

/** node-gyp downloads headers and verifies the published SHA-256 sums. */
async function fetchOfficial(progress: Progress): Promise<string> {
  progress.stage("Downloading Node's C headers");
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const folder = join(cacheFolder(), 'node-gyp');
  // With a nodedir set node-gyp would download nothing.
  const options = { env: { npm_config_nodedir: undefined }, timeout: 120_000 };
  const { failed, stderr } = await run(process.execPath, [nodeGyp, 'install', `--devdir=${folder}`], options);
  const headers = join(folder, process.versions.node);
  if (!failed && hasHeaders(headers)) return headers;
  const reason = /gyp ERR! stack (?:Error|FetchError)?:?\s*(.+)/.exec(stderr)?.[1];
  throw new TwofoldError('network', `headers of Node ${process.version}: ${reason ?? 'no response'}`);
}

async function fetchFromNpm(name: string, progress: Progress, patience: Patience): Promise<string> {
  const wanted = { name, version: process.versions.node };
  const tarball = await download(await locateTarball(wanted, patience), progress, patience);
  progress.stage("Unpacking Node's C headers");
  const folder = downloadedFolder();
  const draft = draftOf(folder);
  await unpackTar(tarball, draft, 1, (path) => path.startsWith('package/include/'));
  putInPlace(draft, folder);
  if (!hasHeaders(folder)) throw new TwofoldError('corrupt', `${name} does not contain the headers.`);
  return folder;
}
