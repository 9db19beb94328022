import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { BUNDLED, OTHERS } from './works.ts';
import { ROOT } from './setup/step.ts';

const PAGE = join(ROOT, 'THIRD_PARTY.md');

/** Licences under which a work may be part of what we give to others. */
const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'CC-BY-4.0',
  'ISC',
  // libvips, libheif and their kin, as libraries of their own that can be replaced.
  'LGPL-3.0',
  'LGPL-3.0-or-later',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose licence npm can't name, with what their licence file says. */
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

/** What of package-lock.json is read: entries by their place, such as `node_modules/a/node_modules/b`. */
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

/** Every npm package that ships, once for each version; builds of one for a platform are left to the package they belong to. */
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

/** Where the bundled packages and all that they depend on are installed. */
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

/** As Node looks for it: in the package's own node_modules, then in those around it. */
function resolvePlace(lock: Lock, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in lock.packages) return place;
    if (folder === '') return undefined;
  }
}

/** The page THIRD_PARTY.md: what others made, of what we give away, and under which licence. */
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
    '# Works of others in Twofold',
    '',
    'Written by `npx tsx scripts/licences.ts` from package-lock.json; `npm run check` fails when it is out of date. The packaged app carries the licences in full.',
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

/** Who made a package and where it lives: `, AUTHOR, ADDRESS`, as far as its package.json says. */
function describeOrigin(place: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, place, 'package.json'), 'utf8')) as Manifest;
  const { author, homepage, repository } = manifest;
  const named = typeof author === 'string' ? author : author?.name;
  // Without the mail address and the site that npm allows behind a name.
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
 * Checks that every package that ships has a licence we accept and that THIRD_PARTY.md says so.
 *
 * @param page what THIRD_PARTY.md holds; undefined when it is missing
 * @returns what is wrong, one sentence each; empty when all is well
 */
export function findLicenceProblems(page: string | undefined, lock: Lock = readLock()): string[] {
  const packages = shippedPackages(lock);
  const problems = packages.flatMap(({ name, version, licence }) => {
    if (name in READ_BY_HAND || isAccepted(licence)) return [];
    return [
      `${name} ${version} ships under ${licence ?? 'no licence that npm knows'}, which is not among those accepted. Read its licence, then add it to scripts/licences.ts or replace the package.`,
    ];
  });
  if (page === undefined || page !== licencePage(packages)) {
    problems.push(
      `THIRD_PARTY.md is ${page === undefined ? 'missing' : 'out of date'}. Run "npx tsx scripts/licences.ts" and commit what it writes.`,
    );
  }
  return problems;
}

/** What THIRD_PARTY.md holds; undefined without one. */
export function readPage(): string | undefined {
  try {
    return readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n'); // as git checks it out on Windows
  } catch {
    return undefined;
  }
}

/** `A AND B` needs both, `A OR B` one; SPDX expressions of packages are no deeper than that. */
function isAccepted(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ACCEPTED.has(licence.trim())));
}

const USAGE = `Usage: npx tsx scripts/licences.ts [--check]

Writes THIRD_PARTY.md. With --check it writes nothing and fails when the page is out of date.
Either way it fails when a package that ships has a licence that is not accepted.`;

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
  if (problems.length === 0) console.log('Every package that ships has a licence we accept.');
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = main(process.argv.slice(2));
