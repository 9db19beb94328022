import { TwofoldError } from '../../shared/errors.ts';
import { run } from './child.ts';
import { installDebianPackages, isDebian } from './debian.ts';
import type { Progress } from './progress.ts';

/**
 * Checks that native code can be compiled; installs what is missing when run as root on Debian.
 *
 * @param what is to be built, as in "Building …"
 * @param alternative to installing programs, for the error
 * @throws TwofoldError `runtime` naming what is missing and how to get it
 */
export async function requireCompiler(
  what: string,
  programs: readonly string[],
  progress: Progress,
  alternative?: string,
): Promise<void> {
  const found = await Promise.all(programs.map((name) => run(name, ['--version'])));
  const missing = programs.filter((_, index) => found[index]!.failed);
  if (missing.length === 0) return;
  if (isDebian()) await installDebianPackages('compiler', progress);
  else throw new TwofoldError('runtime', noCompilerMessage(what, missing, process.platform, alternative));
}

export const noCompilerMessage = (
  what: string,
  missing: readonly string[],
  platform: NodeJS.Platform,
  alternative?: string,
): string =>
  `Building ${what} needs ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed. ` +
  (platform === 'darwin'
    ? 'Install Apple\'s command line tools ("xcode-select --install")'
    : "Install them with your system's package manager") +
  (alternative === undefined ? '.' : `, or ${alternative}.`);
