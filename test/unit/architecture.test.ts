import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
const page = read('docs/architecture.md');

/** `main/app/`, `main/app/shell/`, …: all folders below one of the checkout. */
function folders(parent: string): string[] {
  return readdirSync(`${ROOT}/${parent}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}${entry.name}/`)
    .flatMap((folder) => [folder, ...folders(folder)]);
}

describe('docs/architecture.md', () => {
  it.each([...folders('main/'), ...folders('renderer/')])('explains %s', (folder) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${folder}\``));
    expect(row?.split('|')[2]?.trim().length, 'a row of a table of folders').toBeGreaterThan(3);
  });
});

it.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names only existing files and folders', (name) => {
  const paths = [...read(name).matchAll(/`((?:main|renderer|shared|scripts|test|docs)\/[\w./-]*)`/g)];
  expect(paths.length).toBeGreaterThan(20);
  for (const [, path] of paths) expect(exists(path!), path).toBe(true);
});

function exists(path: string): boolean {
  const [name, ...parents] = path.replace(/\/$/, '').split('/').reverse();
  return readdirSync(`${ROOT}/${parents.reverse().join('/')}`).includes(name!);
}
