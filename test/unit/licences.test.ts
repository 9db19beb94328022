import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findLicenceProblems,
  licencePage,
  readPage,
  shippedPackages,
  type Lock,
} from '../../scripts/licences.ts';
import { ROOT } from '../../scripts/setup/step.ts';

/** Our lock file with one entry changed. */
function changedLock(place: string, change: Partial<Lock['packages'][string]>): Lock {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  return { packages: { ...lock.packages, [place]: { ...lock.packages[place], ...change } } };
}

describe('licences', () => {
  it('of everything that ships are accepted, and on the page', () => {
    expect(findLicenceProblems(readPage())).toEqual([]);
  });

  it('are those of what is needed to run and of what the window is bundled from', () => {
    const names = shippedPackages().map(({ name }) => name);
    expect(names).toEqual(
      // clsx comes with svelte, long with TensorFlow.js.
      expect.arrayContaining(['better-sqlite3', '@tensorflow/tfjs-core', 'long', 'svelte', 'clsx', 'uplot']),
    );
    for (const tool of ['vitest', 'typescript', 'electron-builder', 'onnxruntime-node']) {
      expect(names).not.toContain(tool);
    }
  });

  it.each([
    ['Electron', /FFmpeg \(LGPL-2\.1\)/],
    ['libtensorflow', /\(Apache-2\.0\)/],
    ['Twemoji', /CC-BY-4\.0.*© Twitter.*creativecommons\.org\/licenses\/by\/4\.0/],
    ['InceptionV3 weights of nsfwjs', /MIT.*ImageNet/],
    ['SQLite', /public domain/],
    ['libheif and libde265', /LGPL-3\.0.*github\.com\/strukturag\/libde265/],
    ['libvips', /libvips \(LGPLv3\).*github\.com\/lovell\/sharp-libvips/],
  ])('of %s are listed with their requirements', (work, says) => {
    const line = licencePage()
      .split('\n')
      .find((each) => each.startsWith(`- **${work}`));
    expect(line).toMatch(says);
  });

  it.each([
    ['GPL-3.0-only', 'GPL-3.0-only'],
    ['MIT AND GPL-3.0-only', 'MIT AND GPL-3.0-only'],
    [undefined, 'no licence that npm knows'],
  ])('are refused when one is %s', (license, named) => {
    const lock = changedLock('node_modules/zod', { license } as Partial<Lock['packages'][string]>);
    const problems = findLicenceProblems(licencePage(shippedPackages(lock)), lock);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^zod \\S+ ships under ${named}, which is not accepted`));
  });

  it('are accepted when there is a choice', () => {
    const lock = changedLock('node_modules/zod', { license: '(GPL-3.0-only OR MIT)' });
    expect(findLicenceProblems(licencePage(shippedPackages(lock)), lock)).toEqual([]);
  });

  it('are checked for new versions, too', () => {
    const lock = changedLock('node_modules/zod', { version: '99.0.0' });
    expect(findLicenceProblems(readPage(), lock)).toEqual([
      'THIRD_PARTY.md is out of date. Run "npx tsx scripts/licences.ts" and commit what it writes.',
    ]);
    expect(findLicenceProblems(undefined)).toEqual([
      'THIRD_PARTY.md is missing. Run "npx tsx scripts/licences.ts" and commit what it writes.',
    ]);
  });

  it('are checked by a command that explains itself', () => {
    const ask = (...args: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, ['--import', 'tsx', 'scripts/licences.ts', ...args], { cwd: ROOT });
    expect(ask('--check').status).toBe(0);
    const wrong = ask('--nothing');
    expect(wrong.status).toBe(2);
    expect(String(wrong.stderr)).toContain('--check');
  });
});
