import { TwofoldError, toFailure } from '../../shared/errors.ts';
import { isLocal } from '../../main/files/http.ts';
import { fallback, type Installed } from './step.ts';

/** A place to install something from. */
export interface Source {
  /** As in "from …": `TensorFlow's own server`. */
  name: string;
  /** Installs from there. Returns a description of what was installed. */
  install: () => Promise<string>;
}

/**
 * Tries sources in order until one works.
 *
 * @returns what the first working source returns
 * @throws TwofoldError `network` listing every source with the reason; errors of this machine (disk full, not writable) at
 * once, since no other source would help
 */
export async function firstThatWorks(what: string, sources: readonly Source[]): Promise<string> {
  return (await tryInOrder(what, sources)).result;
}

/**
 * Like `firstThatWorks`, where only the first source has what is wanted: anything else is a fallback, which states why.
 *
 * @throws TwofoldError as `firstThatWorks`
 */
export async function firstOrFallback(what: string, sources: readonly Source[]): Promise<Installed> {
  const { result, failures } = await tryInOrder(what, sources);
  if (failures.length === 0) return { outcome: result, isFallback: false };
  return fallback(`${result}, as a fallback.`, failures.join('').trimEnd());
}

/** @returns what the first working source returns, and a line for each that failed before it */
async function tryInOrder(
  what: string,
  sources: readonly Source[],
): Promise<{ result: string; failures: string[] }> {
  const failures: string[] = [];
  for (const { name, install } of sources) {
    try {
      return { result: await install(), failures };
    } catch (error) {
      if (isLocal(error)) throw error;
      failures.push(`  from ${name}: ${toFailure(error).message}\n`);
    }
  }
  throw new TwofoldError(
    'network',
    `${what} could not be installed.\n${failures.join('')}` +
      'Check the network (proxy, firewall, package registry) and run the same command again; finished downloads are kept.',
  );
}
