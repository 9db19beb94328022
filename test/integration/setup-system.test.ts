import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../scripts/setup/child.ts';
import { isDebian, sayUnchecked } from '../../scripts/setup/debian.ts';
import { sayNoCompiler } from '../../scripts/setup/compiler.ts';
import { ROOT } from '../../scripts/setup/step.ts';

const LISTS = JSON.parse(
  readFileSync(join(ROOT, 'scripts', 'setup', 'debian-packages.json'), 'utf8'),
) as Record<string, string[]>;

/** Asks for packages in a process that gave up the right to install, as a person's is. */
async function requireAsNobody(names: string[]): Promise<string> {
  const script = `
    import { requirePackages } from './scripts/setup/debian.ts';
    if (process.getuid() === 0) process.setuid(65534);
    const silent = { stage: () => {}, update: () => {} };
    const said = requirePackages(${JSON.stringify(names)}, 'the tests', silent);
    console.log(await said.catch((error) => error.code + ': ' + error.message));
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

describe.runIf(isDebian())('on Debian, whoever is not root', () => {
  it('reads what is missing and the command that installs it', async () => {
    const names = ['dpkg', 'twofold-none|twofold-missing', 'apt|twofold-other', 'twofold-third'];
    expect(await requireAsNobody(names)).toBe(
      'runtime: Packages of the system that are needed for the tests are missing: twofold-missing, twofold-third.\n' +
        'Install them with\n' +
        '  sudo apt-get update && sudo apt-get install -y twofold-missing twofold-third\n' +
        'and run the same command again.\n',
    );
  });

  it('is not asked when nothing is missing', async () => {
    expect(await requireAsNobody(['dpkg', 'twofold-missing|apt'])).toBe(
      "The system's packages for the tests are there\n",
    );
  });
});

describe('on another Linux', () => {
  it('what Debian calls the packages is said', () => {
    expect(sayUnchecked(['libgtk-3-0t64|libgtk-3-0', 'xvfb'], 'the tests', 'linux')).toBe(
      "The system's packages can't be checked here (no apt). What Debian calls libgtk-3-0, xvfb must be installed for the tests",
    );
    expect(sayNoCompiler('SQLite', ['c++', 'make'], 'linux', 'use Node 22.14 or newer')).toBe(
      "Building SQLite needs these programs, which are missing: c++, make. Install them with your system's package manager, or use Node 22.14 or newer.",
    );
  });
});

describe('on macOS and Windows', () => {
  it('no packages are asked for', () => {
    expect(sayUnchecked(['xvfb'], 'the tests', 'darwin')).toBe(
      'No packages of the system are needed for the tests',
    );
    expect(sayNoCompiler('TensorFlow', ['c++'], 'darwin')).toContain('xcode-select --install');
  });
});

describe('the list for the tests', () => {
  it('has what the app needs, and a package for all that the tests’ scripts import', () => {
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
