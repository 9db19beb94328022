import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const workflow = readFileSync(new URL('../../.github/workflows/release.yml', import.meta.url), 'utf8');
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>;
};

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
  expect(commands).toEqual(['setup', 'check', 'dist']);
  for (const name of commands) expect(Object.keys(scripts)).toContain(name);
});
