import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Options } from 'npm-registry-fetch';
import { TwofoldError } from '../../shared/errors.ts';
import type { Integrity } from '../../main/files/download.ts';
import { PATIENCE, type Answer, type Patience, type Send } from '../../main/files/http.ts';
import type { Resource } from './download.ts';
import { ROOT } from './step.ts';

/** A package of the npm registry whose tarball is downloaded without installing it. */
export interface NpmPackage {
  name: string;
  version: string;
  /** As npm records it (`npm view NAME@VERSION dist.integrity`); default: the one in the registry. */
  integrity?: Integrity;
}

/** The part of @npmcli/config that is used; it has no types of its own. */
type ConfigClass = new (options: object) => { load: () => Promise<void>; flat: Options };

/** npm's own settings: `.npmrc` files, environment and defaults, with credentials, proxies and certificates. */
async function npmOptions(): Promise<Options> {
  const require = createRequire(import.meta.url);
  const Config = require('@npmcli/config') as ConfigClass;
  const { definitions, shorthands, flatten } = require('@npmcli/config/lib/definitions') as Record<
    string,
    object
  >;
  const npmPath = dirname(dirname(process.env.npm_execpath ?? ROOT));
  const config = new Config({ definitions, shorthands, flatten, npmPath, argv: [], cwd: ROOT });
  await config.load();
  return config.flat;
}

/**
 * Asks the npm registry for the address and checksum of a package's tarball.
 *
 * @throws TwofoldError `network` when the registry does not answer or does not have the version
 */
export async function locateTarball(
  { name, version, integrity }: NpmPackage,
  patience: Patience = PATIENCE,
): Promise<Resource> {
  const options = { ...(await npmOptions()), timeout: patience.answerMs, retry: { retries: 0 } };
  try {
    // Loaded only when needed, so that a set-up with nothing to do is quick.
    const { default: pacote } = await import('pacote');
    const { _resolved, _integrity } = await pacote.manifest(`${name}@${version}`, options);
    return {
      // Like npm: a mirror serves the tarballs itself, even if it states the public addresses.
      url: _resolved.replace('https://registry.npmjs.org/', options.registry!),
      file: `${name.replace('@', '').replace('/', '-')}-${version}.tgz`,
      integrity: integrity ?? (_integrity as Integrity),
      send: npmSender(options),
    };
  } catch (cause) {
    const { message } = cause as Error;
    throw new TwofoldError('network', `${options.registry}: ${message}`, { cause });
  }
}

/** Requests as npm itself would send them. */
const npmSender =
  // Without npm's cache: the file is kept in ours.
  ({ cache: _, ...options }: Options): Send =>
    async (url, headers, signal): Promise<Answer> => {
      const { default: npmFetch } = await import('npm-registry-fetch');
      try {
        const answer = await npmFetch(url, { ...options, headers, signal });
        return answer as unknown as Answer;
      } catch (error) {
        const { statusCode: status, headers: received } = error as { statusCode?: number; headers?: Headers };
        if (status === undefined) throw error;
        return { status, url, headers: received ?? new Headers(), body: null };
      }
    };
