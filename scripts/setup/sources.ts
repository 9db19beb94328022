import { TwofoldError, toFailure } from '../../shared/errors.ts';
import { isLocal } from '../../main/files/http.ts';

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
  const failures: string[] = [];
  for (const { name, install } of sources) {
    try {
      return await install();
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
