import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Packages of the window, which become part of its bundle, though they are only needed to build it. */
const BUNDLED = ['svelte', '@lucide/svelte', 'uplot'];
/** Dependencies of the command line alone. */
const NOT_IN_APP = new Set(['tsx', 'commander', 'undici']);

interface Manifest {
  name: string;
  version: string;
  license?: string | { type?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Work {
  name: string;
  licence: string;
  text: string;
}

/** What the app contains beside npm packages. */
const OTHERS: { name: string; licence: string; text: string | { file: string } }[] = [
  {
    name: 'Electron',
    licence: 'MIT',
    text: { file: 'node_modules/electron/LICENSE' },
  },
  {
    name: 'Chromium and what it is made of',
    licence: 'various',
    text: 'Their licences lie beside the program, in LICENSES.chromium.html.',
  },
  {
    name: 'TensorFlow (libtensorflow)',
    licence: 'Apache-2.0',
    text: { file: 'node_modules/@tensorflow/tfjs-node/deps/LICENSE' },
  },
  {
    name: 'InceptionV3 weights',
    licence: 'MIT',
    text:
      'The default weights are those of nsfwjs 4.3.0 (https://github.com/infinitered/nsfwjs), MIT: ImageNet-pretrained, ' +
      '8-bit quantised, last blocks fine-tuned for content moderation. Only the convolutional part is used. ' +
      'InceptionV3 is described by Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2015).',
  },
  {
    name: 'Sample pictures (Twemoji)',
    licence: 'CC-BY-4.0',
    text:
      'Copyright 2020 Twitter, Inc and other contributors. Graphics licensed under CC-BY 4.0: ' +
      'https://creativecommons.org/licenses/by/4.0/. They were rasterised and placed on plain backgrounds.',
  },
];

/** THIRD_PARTY.md: a section for every work of others in the app, with its licence in full. */
export function thirdPartyNotices(): string {
  // A version that is installed at several places is one work.
  const packages = new Map(
    packagesInApp()
      .map(readPackage)
      .map((work) => [work.name, work]),
  );
  const works = [...OTHERS.map(readOther), ...packages.values()];
  const sections = works.map(
    ({ name, licence, text }) => `## ${name}\n\nLicence: ${licence}\n\n${text.trim()}\n`,
  );
  return `# Works of others in Twofold\n\nMade by the build from what is installed.\n\n${sections.join('\n')}`;
}

function readOther({ name, licence, text }: (typeof OTHERS)[number]): Work {
  if (typeof text === 'string') return { name, licence, text };
  const path = join(ROOT, text.file);
  return {
    name,
    licence,
    text: existsSync(path) ? plain(readFileSync(path, 'utf8')) : `Licence: ${licence}.`,
  };
}

/** Folders of all packages that end up in the app, by name. */
function packagesInApp(): string[] {
  const own = readManifest(ROOT);
  const found = new Map<string, string>();
  const visit = (name: string, from: string, optional: boolean): void => {
    const folder = resolvePackage(name, from);
    if (folder === null) {
      // An optional package of another platform.
      if (optional) return;
      throw new Error(`${name} is needed from ${from}, but is not installed.`);
    }
    if (found.has(folder)) return;
    found.set(folder, name);
    const { dependencies = {}, optionalDependencies = {} } = readManifest(folder);
    for (const next of Object.keys(dependencies)) visit(next, folder, next in optionalDependencies);
  };
  const names = Object.keys(own.dependencies ?? {}).filter((name) => !NOT_IN_APP.has(name));
  for (const name of [...names, ...BUNDLED]) visit(name, ROOT, false);
  return [...found.keys()]
    .filter((folder) => !found.get(folder)!.startsWith('@types/'))
    .sort((a, b) => (found.get(a)! < found.get(b)! ? -1 : 1));
}

function resolvePackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return null;
  }
}

function readPackage(folder: string): Work {
  const { name, version, license } = readManifest(folder);
  const licence = (typeof license === 'string' ? license : license?.type) ?? 'see its text';
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => plain(readFileSync(join(folder, file), 'utf8')));
  return {
    name: `${name} ${version}`,
    licence,
    text: texts.join('\n\n') || `See the package ${name} on npm.`,
  };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** A licence's own headings must not read as ours. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/^(#+ )/gm, ' $1');
}
