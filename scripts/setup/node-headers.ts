import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from './child.ts';
import { cacheFolder, download } from './download.ts';
import { draftOf, putInPlace } from './files.ts';
import { PATIENCE, type Patience } from './http.ts';
import type { Progress } from './progress.ts';
import { locateTarball } from './registry.ts';
import { firstThatWorks, type Source } from './sources.ts';
import { unpackTar } from './unpack.ts';
import { TwofoldError } from '../../shared/errors.ts';

/**
 * Finds the C headers of the Node that runs this: beside it, in the system's place, or fetched from nodejs.org, or from
 * the npm package that carries this Node.
 *
 * @returns folder to hand to node-gyp as `--nodedir` (it holds `include/node`)
 */
export async function findHeaders(progress: Progress): Promise<string> {
  const installed = [dirname(dirname(process.execPath)), '/usr', '/usr/local'].find(hasHeaders);
  if (installed !== undefined) return installed;
  const fetched = fetchedFolder();
  return hasHeaders(fetched) ? fetched : fetchHeaders(progress);
}

const fetchedFolder = (): string => join(cacheFolder(), 'node-headers', process.version);

/**
 * Fetches the C headers of this Node into the cache: from nodejs.org (or `NODEJS_ORG_MIRROR`), or from the npm registry.
 *
 * @returns folder that holds `include/node`
 * @throws TwofoldError `network` naming both sources and why each failed
 */
export async function fetchHeaders(progress: Progress, patience: Patience = PATIENCE): Promise<string> {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const official: Source = { name: 'nodejs.org', install: () => fetchOfficial(progress) };
  const fallback: Source = {
    name: `the npm registry (${name})`,
    install: () => fetchFromNpm(name, fetchedFolder(), progress, patience),
  };
  return firstThatWorks("Node's C headers", [official, fallback]);
}

/** Whether `folder` has the headers of the same major version, within which the interface of addons does not change. */
function hasHeaders(folder: string): boolean {
  const path = join(folder, 'include', 'node', 'node_version.h');
  if (!existsSync(path) || !existsSync(join(folder, 'include', 'node', 'common.gypi'))) return false;
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(path, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0];
}

/** node-gyp fetches headers and checks them against the published SHA-256 sums. */
async function fetchOfficial(progress: Progress): Promise<string> {
  progress.stage("Fetching Node's C headers");
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const folder = join(cacheFolder(), 'node-gyp');
  const env = { ...process.env };
  delete env.npm_config_nodedir; // else node-gyp believes that there is nothing to fetch
  const { code, stderr } = await run(process.execPath, [nodeGyp, 'install', `--devdir=${folder}`], {
    env,
    timeoutMs: 120_000,
  });
  const found = join(folder, process.versions.node);
  if (code === 0 && hasHeaders(found)) return found;
  const reason = /gyp ERR! stack (?:Error|FetchError)?:?\s*(.+)/.exec(stderr)?.[1];
  throw new TwofoldError('network', `the headers of Node ${process.version}: ${reason ?? 'no answer'}`);
}

async function fetchFromNpm(
  name: string,
  folder: string,
  progress: Progress,
  patience: Patience,
): Promise<string> {
  const wanted = { name, version: process.versions.node };
  const tarball = await download(await locateTarball(wanted, patience), progress, patience);
  progress.stage("Unpacking Node's C headers");
  const draft = draftOf(folder);
  await unpackTar(tarball, draft, (path) =>
    path.startsWith('package/include/') ? path.slice('package/'.length) : undefined,
  );
  putInPlace(draft, folder);
  if (!hasHeaders(folder)) throw new TwofoldError('corrupt', `${name} holds no headers.`);
  return folder;
}
