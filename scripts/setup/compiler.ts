import { TwofoldError } from '../../shared/errors.ts';
import { run } from './child.ts';
import { installDebianPackages, isDebian } from './debian.ts';
import type { Progress } from './progress.ts';

/**
 * Makes sure that native code can be compiled: installs what is missing as root on Debian, else looks for `programs`.
 *
 * @param what is to be built, as it stands in a sentence
 * @param otherwise what a person can do instead of installing programs
 * @throws TwofoldError `runtime` naming what is missing and how to get it
 */
export async function requireCompiler(
  what: string,
  programs: readonly string[],
  progress: Progress,
  otherwise?: string,
): Promise<void> {
  const missing = await findMissingPrograms(programs);
  if (missing.length === 0) return;
  if (isDebian()) await installDebianPackages('compiler', progress);
  else throw new TwofoldError('runtime', sayNoCompiler(what, missing, process.platform, otherwise));
}

async function findMissingPrograms(names: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    names.map((name) =>
      run(name, ['--version']).then(
        ({ code }) => code === 0,
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => there[index] !== true);
}

/** What a person reads whose machine can't build and is not one where set-up may install. */
export const sayNoCompiler = (
  what: string,
  missing: readonly string[],
  platform: NodeJS.Platform,
  otherwise?: string,
): string =>
  `Building ${what} needs these programs, which are missing: ${missing.join(', ')}. ` +
  (platform === 'darwin'
    ? 'Install Apple\'s command line tools ("xcode-select --install")'
    : "Install them with your system's package manager") +
  (otherwise === undefined ? '.' : `, or ${otherwise}.`);
