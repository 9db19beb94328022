import { TwofoldError, toFailure } from '../../shared/errors.ts';
import { isLocal } from './download.ts';

/** One place that something can be had from. */
export interface Source {
  /** As it stands in a sentence: `TensorFlow's own server`. */
  name: string;
  /** Installs from there. Returns what is installed then. */
  install: () => Promise<string>;
}

/**
 * Tries sources in order until one works.
 *
 * @returns what the first that worked installed
 * @throws TwofoldError `network` naming every source and why it failed; troubles of this machine (disk full, not
 *   writable) are thrown at once, since no other source would help
 */
export async function firstThatWorks(what: string, sources: readonly Source[]): Promise<string> {
  const failures: string[] = [];
  for (const { name, install } of sources) {
    try {
      return await install();
    } catch (error) {
      if (isLocal(error)) throw error;
      failures.push(`from ${name}: ${toFailure(error).message}`);
    }
  }
  throw new TwofoldError(
    'network',
    `${what} could not be installed.\n${failures.map((failure) => `  ${failure}`).join('\n')}\n` +
      'Check the network (proxy, firewall, package registry) and run the same command again; what was downloaded is kept.',
  );
}
