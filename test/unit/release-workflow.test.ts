import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const workflow = read('.github/workflows/release.yml');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The steps of the job in order, with their commands and the systems on which they run. */
const steps = workflow
  .split(/^ {6}- /m)
  .slice(1)
  .map((step) => ({
    run: /^ *run: (?:\|\n)?([\s\S]*)/m.exec(step)?.[1] ?? '',
    on: /^ *if: runner\.os (.*)$/m.exec(step)?.[1] ?? 'all',
  }));
const stepThat = (runs: RegExp) => steps.findIndex(({ run }) => runs.test(run));

it('the release workflow pins every action by its commit and names the version', () => {
  const uses = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action!);
  expect(uses.length).toBeGreaterThan(2);
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
});

it('the release workflow may only read', () => {
  expect(workflow).toContain('\npermissions: {}\n');
  expect(workflow).not.toMatch(/: write|secrets\./);
});

it('the release workflow runs commands that exist', () => {
  const commands = [...workflow.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
  expect(commands).toEqual(['setup', 'setup', 'check', 'test:unit', 'dist']);
  for (const name of commands) expect(Object.keys(scripts)).toContain(name);
});

it('the release workflow installs the packages of the project as root before set-up, which may not', () => {
  const packages = stepThat(/^sudo .*npm run setup -- --system-packages$/m);
  expect(steps[packages]).toMatchObject({ on: "== 'Linux'" });
  expect(stepThat(/^npm run setup$/m)).toBeGreaterThan(packages);
  // The list is written once.
  const lists = JSON.parse(read('scripts/setup/debian-packages.json')) as Record<string, string[]>;
  for (const name of Object.values(lists).flat()) for (const each of name.split('|')) expect(workflow).not.toContain(each); // prettier-ignore
});

it('the release workflow runs all tests only where their Python packages and display are', () => {
  expect(steps[stepThat(/^ *npm test$/m)]).toMatchObject({ on: "== 'Linux'" });
  const elsewhere = steps.filter(({ on, run }) => on !== "== 'Linux'" && run !== '');
  expect(elsewhere.map(({ run }) => run.trim().split('\n')[0])).toEqual([
    'npm ci',
    'npm run setup',
    'npm run test:unit',
    'npm run dist',
  ]);
  expect(scripts['test:unit']).toMatch(/vitest run test\/unit$/);
});

it('unit tests start no Python and no window', () => {
  const folder = new URL('.', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8')] as const);
  expect(sources.length).toBeGreaterThan(50);
  const starts = sources.filter(([, text]) => /['"`]python3?['"`]|kit\/window|startDisplay\(/.test(text));
  expect(starts.map(([name]) => name)).toEqual([]);
});

it('packages for macOS are for the processor of the machine, whose native libraries they contain', () => {
  const mac = /^mac:\n((?: .*\n|\n)+)/m.exec(read('electron-builder.yml'))![1]!;
  expect(mac).toContain('target: [dmg, zip]');
  expect(mac).not.toMatch(/arch|x64|arm64|universal/);
});
