import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import { run, runOrThrow } from './child.ts';
import type { Progress } from './progress.ts';
import type { Step } from './step.ts';

/** Which of Debian's packages are needed for what; `a|b` is either, the first that this release has. */
type Lists = Record<'compiler' | 'app' | 'test', string[]>;
const PURPOSE_WORDS = { compiler: 'building native add-ons', app: 'the app', test: 'the tests' };
const LISTS = JSON.parse(readFileSync(new URL('./debian-packages.json', import.meta.url), 'utf8')) as Lists;

const DAY_MS = 24 * 3600 * 1000;
const APT = '/usr/bin/apt-get';
const LISTS_FOLDER = '/var/lib/apt/lists';

/** Whether this is Debian or a descendant, where apt installs. */
export const isDebian = (): boolean => existsSync('/var/lib/dpkg/status') && existsSync(APT);
const isRoot = (): boolean => process.getuid?.() === 0;

/** The system's packages that the app or the tests need. */
export const debianStep = (purpose: 'app' | 'test'): Step => ({
  name: `debian-${purpose}`,
  title: `the system's packages for ${PURPOSE_WORDS[purpose]}`,
  purposes: [purpose],
  key: () => `1 ${LISTS[purpose].join(' ')}`,
  outputs: () => [],
  install: (progress) => installDebianPackages(purpose, progress),
});

/** `requirePackages` for one of our lists. */
export const installDebianPackages = (purpose: keyof Lists, progress: Progress): Promise<string> =>
  requirePackages(LISTS[purpose], PURPOSE_WORDS[purpose], progress);

/**
 * Installs those of `names` that are missing: by apt when root on Debian or a descendant.
 *
 * @param work what they are needed for, as it stands after "for"
 * @returns the sentence that says what was done
 * @throws TwofoldError `runtime` with the list of what is missing and the command to run, when not root
 */
export async function requirePackages(
  names: readonly string[],
  work: string,
  progress: Progress,
): Promise<string> {
  if (!isDebian()) return sayUnchecked(names, work, process.platform);
  progress.stage("Looking at the system's packages");
  const missing = await findMissing(names);
  if (missing.length === 0) return `The system's packages for ${work} are there`;
  if (!isRoot()) throw new TwofoldError('runtime', sayMissing(await chooseAll(missing), work));
  await aptInstall(missing, progress);
  return `${missing.length} of the system's packages for ${work}: ${(await chooseAll(missing)).join(', ')}`;
}

/** What a person reads who may not install `packages` here. */
export const sayMissing = (packages: readonly string[], work: string): string =>
  `Packages of the system that are needed for ${work} are missing: ${packages.join(', ')}.\n` +
  `Install them with\n  sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}\n` +
  'and run the same command again.';

/** What a person reads whose system has no apt; elsewhere than on Linux nothing is needed. */
export function sayUnchecked(names: readonly string[], work: string, platform: NodeJS.Platform): string {
  if (platform !== 'linux') return `No packages of the system are needed for ${work}`;
  const list = names.map((name) => name.split('|').at(-1)!).join(', ');
  return `The system's packages can't be checked here (no apt). What Debian calls ${list} must be installed for ${work}`;
}

/** Those of `names` of which no alternative is installed. */
async function findMissing(names: readonly string[]): Promise<string[]> {
  const all = names.flatMap((name) => name.split('|'));
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...all]);
  const installed = new Set(
    stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]!] : [])),
  );
  return names.filter((name) => !name.split('|').some((each) => installed.has(each)));
}

async function aptInstall(missing: readonly string[], progress: Progress): Promise<void> {
  const update = async (): Promise<void> => {
    progress.stage("Fetching the lists of Debian's packages");
    await apt(['update'], progress);
  };
  if (!listsAreFresh()) {
    await update();
    await installChosen(missing, progress);
    return;
  }
  try {
    await installChosen(missing, progress);
  } catch {
    await run('dpkg', ['--configure', '-a']); // finishes what an interrupted run left half installed
    await update(); // a list of some hours ago may name versions that are gone
    await installChosen(missing, progress);
  }
}

async function installChosen(missing: readonly string[], progress: Progress): Promise<void> {
  const chosen = await chooseAll(missing);
  progress.stage(`Installing ${chosen.length} of Debian's packages`);
  await apt(['install', '-y', '--no-install-recommends', ...chosen], progress);
}

const chooseAll = (names: readonly string[]): Promise<string[]> => Promise.all(names.map(choose));

/** The first alternative of `a|b` that this release has as a real package, else the last. */
async function choose(name: string): Promise<string> {
  const alternatives = name.split('|');
  for (const each of alternatives.slice(0, -1)) {
    const { code, stdout } = await run('apt-cache', ['show', '--no-all-versions', each]);
    if (code === 0 && stdout.trim() !== '') return each;
  }
  return alternatives.at(-1)!;
}

function listsAreFresh(): boolean {
  try {
    return readdirSync(LISTS_FOLDER).some(
      (name) =>
        name.endsWith('_Packages') && Date.now() - statSync(join(LISTS_FOLDER, name)).mtimeMs < DAY_MS,
    );
  } catch {
    return false;
  }
}

/** Runs apt-get without questions; its status lines (`dlstatus:N:PERCENT:…`, `pmstatus:NAME:PERCENT:…`) are the progress. */
async function apt(args: readonly string[], progress: Progress): Promise<void> {
  const options = ['APT::Status-Fd=1', 'Acquire::Retries=3', 'DPkg::Lock::Timeout=300', 'Dpkg::Use-Pty=0'];
  await runOrThrow(
    `apt-get ${args[0]} failed`,
    APT,
    ['-q', ...options.flatMap((each) => ['-o', each]), ...args],
    {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      onLine: (line) => {
        const match = /^(dl|pm)status:[^:]*:([\d.]+):/.exec(line);
        // Downloading is taken as the first half, unpacking and configuring as the second.
        if (match !== null)
          progress.update((match[1] === 'pm' ? 50 : 0) + Number(match[2]) / 2, 100, 'percent');
      },
    },
  );
}
