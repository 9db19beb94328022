import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../setup/step.ts';
import { BUNDLED, OTHERS, type Work } from '../works.ts';

/** Dependencies of the command line alone. */
const NOT_IN_APP = new Set(['commander', 'undici']);

const require = createRequire(import.meta.url);

interface Manifest {
  name: string;
  version: string;
  license?: string | { type?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Notice {
  name: string;
  licence: string;
  text: string;
}

/** THIRD_PARTY.md of the packaged app: a section for each third-party work, with its full licence. */
export function thirdPartyNotices(): string {
  // A version that is installed several times is listed once.
  const packages = new Map(
    packagesInApp()
      .map(readPackage)
      .map((work) => [work.name, work]),
  );
  const works = [...OTHERS.map(readOther), ...packages.values()];
  const sections = works.map(
    ({ name, licence, text }) => `## ${name}\n\nLicence: ${licence}\n\n${text.trim()}\n`,
  );
  return `# Third-party software and data\n\nCollected by the build from the installed packages.\n\n${sections.join('\n')}`;
}

function readOther({ work, licence, note, file, spdx = [] }: Work): Notice {
  const path = file === undefined ? undefined : join(ROOT, file);
  const own = path !== undefined && existsSync(path) ? [plain(readFileSync(path, 'utf8'))] : [];
  const standard = spdx.map((id) => {
    const { licenseText } = require(`spdx-license-list/licenses/${id}.json`) as { licenseText: string };
    return plain(licenseText);
  });
  return { name: work, licence, text: [note, ...own, ...standard].join('\n\n') };
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
      throw new Error(`${name} is required by ${from} but not installed. Run "npm ci".`);
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

function readPackage(folder: string): Notice {
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

/** Indents a licence's headings, so that they do not become headings of the page. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/^(#+ )/gm, ' $1');
}
