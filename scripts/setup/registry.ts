import { TwofoldError } from '../../shared/errors.ts';
import type { Resource } from './download.ts';
import { asHttpError, PATIENCE, request, type Patience } from './http.ts';
import type { Integrity } from './integrity.ts';
import { readNpmConfig, type NpmConfig } from './npm-config.ts';

const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** A package of the npm registry whose tarball is wanted as it is, without installing it. */
export interface NpmPackage {
  name: string;
  version: string;
  /** As npm records it (`npm view NAME@VERSION dist.integrity`); without it the registry's own word is taken. */
  integrity?: Integrity;
}

/**
 * Asks the registry that npm is set up to use where a package's tarball lies.
 *
 * @throws TwofoldError `network` when the registry does not answer or does not have the version
 */
export async function locateTarball(
  wanted: NpmPackage,
  patience: Patience = PATIENCE,
  npm?: NpmConfig,
): Promise<Resource> {
  const config = npm ?? (await readNpmConfig());
  const headers: Record<string, string> =
    config.authorization === undefined ? {} : { authorization: config.authorization };
  const url = `${config.registry}${wanted.name.replace('/', '%2f')}/${wanted.version}`;
  let dist: { tarball?: string; integrity?: string } | undefined;
  try {
    const { response } = await request(url, { ...headers, accept: 'application/json' }, patience, config);
    dist = ((await response.json()) as { dist?: typeof dist }).dist;
  } catch (cause) {
    throw new TwofoldError('network', `${url}: ${asHttpError(cause).message}`, { cause });
  }
  const integrity = wanted.integrity ?? (dist?.integrity as Integrity | undefined);
  if (dist?.tarball === undefined || integrity === undefined) {
    throw new TwofoldError('network', `${url}: an answer without a tarball or its checksum`);
  }
  // As npm does: a mirror that repeats the public addresses still serves the tarballs itself.
  const tarball = dist.tarball.startsWith(PUBLIC_REGISTRY)
    ? config.registry + dist.tarball.slice(PUBLIC_REGISTRY.length)
    : dist.tarball;
  return {
    url: tarball,
    file: `${wanted.name.replace('@', '').replace('/', '-')}-${wanted.version}.tgz`,
    integrity,
    connection: config,
    // Credentials are for the registry's own host only.
    ...(new URL(tarball).host === new URL(config.registry).host && { headers }),
  };
}
