import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../setup/lock.ts';
import { build, DIST } from './build.ts';
import { MAIN_SOURCES, ROOT, sourcesStamp } from './sources.mjs';

/** All inputs of the build. */
const SOURCES = [...MAIN_SOURCES, 'renderer', 'assets', 'vite.config.ts', 'svelte.config.js'];

/**
 * Builds dist/ if the sources have changed since the last build. One process builds; others wait for it.
 *
 * @returns whether it was built
 */
export async function buildIfStale(): Promise<boolean> {
  if (builtStamp() === appStamp()) return false;
  return withLock(join(ROOT, '.cache', 'build.lock'), async () => {
    const stamp = appStamp();
    if (builtStamp() === stamp) return false;
    await build(stamp);
    return true;
  });
}

/** A hash of the sources, written into dist/stamp. */
export function appStamp(): string {
  return sourcesStamp(SOURCES);
}

function builtStamp(): string | undefined {
  try {
    return readFileSync(join(DIST, 'stamp'), 'utf8');
  } catch {
    return undefined;
  }
}
