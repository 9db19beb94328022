import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { BUNDLED, OTHERS } from './works.ts';
import { ROOT } from './setup/step.ts';

const PAGE = join(ROOT, 'THIRD_PARTY.md');

/** Licences of works that may ship with Twofold. */
const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  // libvips, libheif and similar, as separate files that can be replaced.
  'LGPL-3.0',
  'LGPL-3.0-or-later',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose licence npm can't name, with the licence that their own file states. */
const READ_BY_HAND: Record<string, string> = {
  h5wasm: 'NIST software notice (use, copy and distribute with the notice), HDF5 (BSD-3-Clause)',
};

interface LockEntry {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  dependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
}

/** The parts of package-lock.json that are read: entries by path, such as `node_modules/a/node_modules/b`. */
export interface Lock {
  packages: Record<string, LockEntry>;
}

interface Shipped {
  name: string;
  version: string;
  licence: string | undefined;
  /** Where it is installed, relative to the checkout. */
  place: string;
}

const readLock = (): Lock => JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;

/** Every npm package that ships, once per version; a platform's build counts as part of its main package. */
export function shippedPackages(lock: Lock = readLock()): Shipped[] {
  const bundled = bundledPlaces(lock);
  const found = new Map<string, Shipped>();
  for (const [place, entry] of Object.entries(lock.packages)) {
    const name = place.split('node_modules/').at(-1)!;
    if (place === '' || entry.os !== undefined || entry.cpu !== undefined) continue;
    if ((entry.dev === true || entry.devOptional === true) && !bundled.has(place)) continue;
    const version = entry.version ?? '';
    found.set(`${name} ${version}`, { name, version, licence: READ_BY_HAND[name] ?? entry.license, place });
  }
  return [...found.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
}

/** Paths of the bundled packages and all their dependencies. */
function bundledPlaces(lock: Lock): Set<string> {
  const places = new Set<string>();
  const visit = (name: string, from: string): void => {
    const place = resolvePlace(lock, name, from);
    if (place === undefined || places.has(place)) return;
    places.add(place);
    for (const next of Object.keys(lock.packages[place]?.dependencies ?? {})) visit(next, place);
  };
  for (const name of BUNDLED) visit(name, '');
  return places;
}

/** Resolves as Node does: in the package's own node_modules, then in its parents'. */
function resolvePlace(lock: Lock, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in lock.packages) return place;
    if (folder === '') return undefined;
  }
}

/** The content of THIRD_PARTY.md: the third-party works that ship, with their licences. */
export function licencePage(packages: readonly Shipped[] = shippedPackages()): string {
  const byLicence = new Map<string, string[]>();
  for (const { name, version, licence = 'unknown', place } of packages) {
    const line = `- ${name} ${version}${describeOrigin(place)}`;
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), line]);
  }
  const sections = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, lines]) => `### ${licence}\n\n${lines.join('\n')}\n`);
  const others = OTHERS.map(({ work, licence, note }) => `- **${work}** (${licence}): ${note}`);
  return [
    '# Third-party software and data',
    '',
    'Written by `npx tsx scripts/licences.ts` from package-lock.json; `npm run check` fails if it is out of date. The packaged app includes the full licences.',
    '',
    ...others,
    '',
    '## npm packages',
    '',
    ...sections,
  ].join('\n');
}

interface Manifest {
  author?: string | { name?: string };
  homepage?: string;
  repository?: string | { url?: string };
}

/** Author and address of a package: `, AUTHOR, ADDRESS`, if its package.json states them. */
function describeOrigin(place: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, place, 'package.json'), 'utf8')) as Manifest;
  const { author, homepage, repository } = manifest;
  const named = typeof author === 'string' ? author : author?.name;
  // Without the e-mail address and site that npm allows after a name.
  const name = named?.replace(/\s*[<(].*$/, '').trim();
  const source = typeof repository === 'string' ? repository : repository?.url;
  const address =
    homepage !== undefined && homepage !== ''
      ? homepage.replace(/#readme$/i, '')
      : source && readableAddress(source);
  return [name, address]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => `, ${part}`)
    .join('');
}

/** `git+ssh://git@github.com/a/b.git`, `github:a/b` and `a/b` → `https://github.com/a/b`. */
function readableAddress(source: string): string {
  const bare = source
    .replace(/^git\+/, '')
    .replace(/\.git$/, '')
    .replace(/^(github:)?(?=[\w.-]+\/[\w.-]+$)/, 'https://github.com/');
  return bare.replace(/^(git|ssh|http):\/\/(git@)?/, 'https://').replace(/^git@([^:]+):/, 'https://$1/');
}

/**
 * Checks that every package that ships has an accepted licence and that THIRD_PARTY.md is up to date.
 *
 * @param page content of THIRD_PARTY.md; undefined if it is missing
 * @returns the problems, one sentence each
 */
export function findLicenceProblems(page: string | undefined, lock: Lock = readLock()): string[] {
  const packages = shippedPackages(lock);
  const problems = packages.flatMap(({ name, version, licence }) => {
    if (name in READ_BY_HAND || isAccepted(licence)) return [];
    return [
      `${name} ${version} ships under ${licence ?? 'no licence that npm knows'}, which is not accepted. Read the licence, then add it to ACCEPTED in scripts/licences.ts or replace the package.`,
    ];
  });
  if (page === undefined || page !== licencePage(packages)) {
    problems.push(
      `THIRD_PARTY.md is ${page === undefined ? 'missing' : 'out of date'}. Run "npx tsx scripts/licences.ts" and commit what it writes.`,
    );
  }
  return problems;
}

/** Content of THIRD_PARTY.md; undefined if it is missing. */
export function readPage(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n'); // git's line endings on Windows
  } catch {
    return undefined;
  }
}

/** `A AND B` needs both, `A OR B` one; SPDX expressions of packages are not nested deeper. */
function isAccepted(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ACCEPTED.has(licence.trim())));
}

const USAGE = `Usage: npx tsx scripts/licences.ts [--check]

Writes THIRD_PARTY.md. With --check, writes nothing and fails if the page is out of date.
Fails in either case if a package that ships has a licence that is not accepted.`;

/** The command line. @returns the exit code */
function main(args: string[]): number {
  let check: boolean;
  try {
    check = parseArgs({ args, options: { check: { type: 'boolean', default: false } } }).values.check;
  } catch {
    console.error(USAGE);
    return 2;
  }
  if (!check) writeFileAtomic(PAGE, licencePage());
  const problems = findLicenceProblems(readPage());
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log('Every package that ships has an accepted licence.');
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = main(process.argv.slice(2));
