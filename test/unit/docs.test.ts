import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { Output } from '../../main/cli/output.ts';
import { buildProgram } from '../../main/cli/program.ts';

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const program = buildProgram(new Output({ json: false }));

/** `weights list` for a command in a command. */
function paths(command: Command, before: string[] = []): { path: string; command: Command }[] {
  return command.commands.flatMap((child) => {
    const path = [...before, child.name()];
    return child.commands.length > 0 ? paths(child, path) : [{ path: path.join(' '), command: child }];
  });
}

/** The part of the page under the heading of a command, up to the next one. */
function section(path: string): string {
  const start = docs.indexOf(`## twofold ${path.split(' ')[0]!}\n`);
  return start < 0 ? '' : docs.slice(start, docs.indexOf('\n## ', start + 1));
}

describe('the documentation of the command line', () => {
  it.each(paths(program))('documents "$path" and all its options', ({ path, command }) => {
    expect(section(path), `a section "## twofold ${path}"`).toContain(`twofold ${path}`);
    for (const { flags, long } of command.options) {
      if (long !== '--json' && long !== '--log')
        expect(section(path), `the option ${flags}`).toContain(long!);
    }
  });

  it.each(paths(program))('"$path" has --help and --json', ({ command }) => {
    expect(command.helpInformation()).toMatch(/--json/);
    expect(command.description().length).toBeGreaterThan(10);
  });

  it('lists no option that does not exist', () => {
    for (const [option] of docs.matchAll(/`(--[a-z0-9-]+)/g)) {
      const long = option.slice(1);
      const known = paths(program).some(({ command }) => command.options.some((each) => each.long === long));
      expect(known || ['--help', '--json', '--log'].includes(long), long).toBe(true);
    }
  });

  it.each(['README.md', 'docs/cli.md'])('%s has no broken links', (page) => {
    const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(existsSync(new URL(target!, new URL(`../../${page}`, import.meta.url))), target).toBe(true);
    }
  });

  it('is linked from the README, which names every command', () => {
    expect(readme).toContain('docs/cli.md');
    for (const command of program.commands) expect(readme, command.name()).toContain(`\`${command.name()}`);
  });
});
