import { existsSync, readFileSync } from 'node:fs';
import { TwofoldError } from '../../shared/errors.ts';
import { run, runOrThrow } from './child.ts';
import type { Progress } from './progress.ts';
import type { Step } from './step.ts';

/** Debian packages by purpose; of `a|b` the first that this release has. */
type Lists = Record<'compiler' | 'app' | 'test', string[]>;
const PURPOSE_WORDS = { compiler: 'building native add-ons', app: 'the app', test: 'the tests' };
const LISTS = JSON.parse(readFileSync(new URL('./debian-packages.json', import.meta.url), 'utf8')) as Lists;

const APT = '/usr/bin/apt-get';

/** Whether apt installs packages here: Debian or a derivative. */
export const isDebian = (): boolean => existsSync('/var/lib/dpkg/status') && existsSync(APT);

/** The system packages that the app or the tests need. */
export const debianStep = (purpose: 'app' | 'test'): Step => ({
  name: `debian-${purpose}`,
  purposes: [purpose],
  key: () => `1 ${LISTS[purpose].join(' ')}`,
  outputs: () => [],
  install: (progress) => installDebianPackages(purpose, progress),
});

/** `requirePackages` for one of our lists. */
export const installDebianPackages = (purpose: keyof Lists, progress: Progress): Promise<string> =>
  requirePackages(LISTS[purpose], PURPOSE_WORDS[purpose], progress);

/** `requirePackages` for all of our lists, so that set-up needs no root afterwards. */
export const installAllDebianPackages = (progress: Progress): Promise<string> =>
  requirePackages([...new Set(Object.values(LISTS).flat())], 'Twofold and its tests', progress);

/**
 * Checks that system packages are installed; installs the missing ones when run as root on Debian or a derivative.
 *
 * @param work what they are needed for, as in "needed for …"
 * @returns a sentence saying what was done
 * @throws TwofoldError `runtime` with the missing packages and the command to run, when not root
 */
export async function requirePackages(
  names: readonly string[],
  work: string,
  progress: Progress,
): Promise<string> {
  if (!isDebian()) return notCheckedMessage(names, work, process.platform);
  progress.stage('Checking system packages');
  const missing = await findMissing(names);
  if (missing.length === 0) return `System packages for ${work}: all installed`;
  if (process.getuid?.() !== 0)
    throw new TwofoldError('runtime', missingMessage(await chooseAll(missing), work));
  progress.stage('Updating the list of Debian packages');
  // Completes what an interrupted run left half installed.
  await run('dpkg', ['--configure', '-a']);
  // Without a connection the existing lists may still be sufficient.
  await apt(['update'], progress).catch(() => undefined);
  const chosen = await chooseAll(missing);
  progress.stage(`Installing ${chosen.length} Debian packages`);
  await apt(['install', '-y', '--no-install-recommends', ...chosen], progress);
  return `System packages for ${work}: installed ${chosen.join(', ')}`;
}

const missingMessage = (packages: readonly string[], work: string): string =>
  `These system packages, needed for ${work}, are not installed: ${packages.join(', ')}.\n` +
  `Install them with\n  sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}\n` +
  'and run the same command again.';

/** Message for systems without apt; only Linux needs packages. */
export function notCheckedMessage(names: readonly string[], work: string, platform: NodeJS.Platform): string {
  if (platform !== 'linux') return `System packages for ${work}: none needed`;
  const list = names.map((name) => name.split('|').at(-1)!).join(', ');
  return `System packages for ${work}: not checked, because this system has no apt. Install what Debian calls ${list}`;
}

/** Those of `names` of which no alternative is installed. */
async function findMissing(names: readonly string[]): Promise<string[]> {
  const all = names.flatMap((name) => name.split('|'));
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...all]);
  const lines = stdout.split('\n').filter((line) => line.endsWith(' installed'));
  const installed = new Set(lines.map((line) => line.split(' ')[0]));
  return names.filter((name) => !name.split('|').some((each) => installed.has(each)));
}

const chooseAll = (names: readonly string[]): Promise<string[]> => Promise.all(names.map(choose));

/** The first alternative of `a|b` that this release has as a real package, otherwise the last. */
async function choose(name: string): Promise<string> {
  const alternatives = name.split('|');
  for (const each of alternatives.slice(0, -1)) {
    const { stdout } = await run('apt-cache', ['show', '--no-all-versions', each]);
    if (stdout.trim() !== '') return each;
  }
  return alternatives.at(-1)!;
}

/**
 * Runs apt-get unattended; progress comes from its status lines (`dlstatus:N:PERCENT:…`, `pmstatus:NAME:PERCENT:…`).
 */
async function apt(args: readonly string[], progress: Progress): Promise<void> {
  const options = ['APT::Status-Fd=1', 'Acquire::Retries=3', 'DPkg::Lock::Timeout=300', 'Dpkg::Use-Pty=0'];
  await runOrThrow(
    `apt-get ${args[0]} failed`,
    APT,
    ['-q', ...options.flatMap((each) => ['-o', each]), ...args],
    { env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } },
    (line) => {
      const match = /^(dl|pm)status:[^:]*:([\d.]+):/.exec(line);
      // The first half is downloading, the second unpacking and configuring.
      if (match) progress.update((match[1] === 'pm' ? 50 : 0) + Number(match[2]) / 2, 100, 'percent');
    },
  );
}
