import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../scripts/setup/child.ts';
import { isDebian, notCheckedMessage } from '../../scripts/setup/debian.ts';
import { noCompilerMessage } from '../../scripts/setup/compiler.ts';
import { ROOT } from '../../scripts/setup/step.ts';

const LISTS = JSON.parse(
  readFileSync(join(ROOT, 'scripts', 'setup', 'debian-packages.json'), 'utf8'),
) as Record<string, string[]>;

/** Requires packages in a process without root's rights. */
async function requireAsNobody(names: string[]): Promise<string> {
  const script = `
    import { requirePackages } from './scripts/setup/debian.ts';
    if (process.getuid() === 0) process.setuid(65534);
    const silent = { stage: () => {}, update: () => {} };
    const done = requirePackages(${JSON.stringify(names)}, 'the tests', silent);
    console.log(await done.catch((error) => error.code + ': ' + error.message));
  `;
  const { stdout, stderr } = await run(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    {
      cwd: ROOT,
    },
  );
  expect(stderr).toBe('');
  return stdout;
}

describe.runIf(isDebian())('on Debian without root', () => {
  it('missing packages are reported with the command that installs them', async () => {
    const names = ['dpkg', 'twofold-none|twofold-missing', 'apt|twofold-other', 'twofold-third'];
    expect(await requireAsNobody(names)).toBe(
      'runtime: These system packages, needed for the tests, are not installed: twofold-missing, twofold-third.\n' +
        'Install them with\n' +
        '  sudo apt-get update && sudo apt-get install -y twofold-missing twofold-third\n' +
        'and run the same command again.',
    );
  });

  it('nothing is reported when all are installed', async () => {
    expect(await requireAsNobody(['dpkg', 'twofold-missing|apt'])).toBe(
      'System packages for the tests: all installed',
    );
  });
});

describe('on another Linux', () => {
  it('the packages are listed with their Debian names', () => {
    expect(notCheckedMessage(['libgtk-3-0t64|libgtk-3-0', 'xvfb'], 'the tests', 'linux')).toBe(
      'System packages for the tests: not checked, because this system has no apt. Install what Debian calls libgtk-3-0, xvfb',
    );
    expect(noCompilerMessage('SQLite', ['c++', 'make'], 'linux', 'use Node 22.14 or newer')).toBe(
      "Building SQLite needs c++, make, which are not installed. Install them with your system's package manager, or use Node 22.14 or newer.",
    );
  });
});

describe('on macOS and Windows', () => {
  it('no packages are needed', () => {
    expect(notCheckedMessage(['xvfb'], 'the tests', 'darwin')).toBe(
      'System packages for the tests: none needed',
    );
    expect(noCompilerMessage('TensorFlow', ['c++'], 'darwin')).toContain('xcode-select --install');
  });
});

describe('the list for the tests', () => {
  it('contains the app’s packages and one for every module that the tests’ scripts import', () => {
    expect(LISTS.test).toEqual(expect.arrayContaining(LISTS.app!));
    const standard = new Set(['ast', 'hashlib', 'json', 'sys', 'os', 'base64', 'struct', 'zlib', 'pathlib']);
    const folder = join(ROOT, 'test', 'integration', 'export');
    const imported = readdirSync(folder)
      .filter((name) => name.endsWith('.py'))
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^(?:import|from) (\w+)/gm)])
      .map((match) => match[1]!)
      // Part of what is exported; it reads pictures with Pillow.
      .filter((name) => !standard.has(name) && name !== 'preprocess');
    expect(imported).toContain('torch');
    const needed = imported.map((name) => `python3-${name.toLowerCase().replaceAll('_', '-')}`);
    expect(LISTS.test).toEqual(expect.arrayContaining(needed));
    expect(LISTS.test).toContain('python3-pil');
  });
});

describe.runIf(isDebian() && process.getuid?.() === 0)('npm run setup -- --system-packages', () => {
  it('checks all packages and leaves the checkout alone', async () => {
    const stamps = (): string[] =>
      readdirSync(join(ROOT, '.cache', 'setup')).map(
        (name) => `${name} ${statSync(join(ROOT, '.cache', 'setup', name)).mtimeMs}`,
      );
    const before = stamps();
    const ended = await run(process.execPath, ['--import', 'tsx', 'scripts/setup.ts', '--system-packages'], {
      cwd: ROOT,
    });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /✓ System packages for Twofold and its tests: (all installed|installed .+)$/,
    );
    expect(stamps()).toEqual(before);
  });
});
