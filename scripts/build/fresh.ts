import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withLock } from '../setup/lock.ts';
import { build, DIST, ROOT } from './build.ts';

/** Everything that decides what is built. */
const SOURCES = [
  'main',
  'shared',
  'renderer',
  'assets',
  'scripts/build',
  'vite.config.ts',
  'svelte.config.js',
  'package-lock.json',
];

/**
 * Builds dist/ unless it is already what the sources say. One process at a time; the others wait and find it done.
 *
 * @returns whether it had to be built
 */
export async function buildIfStale(): Promise<boolean> {
  if (builtStamp() === sourcesStamp()) return false;
  return withLock(join(ROOT, '.cache', 'build.lock'), async () => {
    const stamp = sourcesStamp();
    if (builtStamp() === stamp) return false;
    await build(stamp);
    return true;
  });
}

/** Names, sizes and times of all sources: some 500 files, a few milliseconds. */
export function sourcesStamp(): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((name) => listFiles(join(ROOT, name)))) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(ROOT, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function builtStamp(): string | undefined {
  try {
    return readFileSync(join(DIST, 'stamp'), 'utf8');
  } catch {
    return undefined;
  }
}

function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)));
}
