import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Progress } from './progress.ts';
import { ROOT } from '../build/sources.mjs';

export { ROOT };

/** Purposes of the checkout; each needs its own steps. */
export const PURPOSES = ['cli', 'test', 'app'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A part of set-up that a fresh checkout needs. */
export interface Step {
  /** Also the file name of the stamp. */
  name: string;
  purposes: readonly Purpose[];
  /** Everything that determines what is installed (versions, platform); a change runs the step again. */
  key: () => string;
  /** Files that exist once the step is done, for a cheap check. */
  outputs: () => string[];
  /** Installs and tests it. Returns a sentence saying what was installed and from where. */
  install: (progress: Progress) => Promise<string | Installed>;
}

export interface Installed {
  /** A sentence saying what was installed and from where. */
  outcome: string;
  /**
   * Whether it is only a replacement, since something could not be fetched. The step runs again with the first command a
   * day later, and whenever somebody runs `npm run setup`.
   */
  isFallback: boolean;
}

/**
 * What a step returns that could only install a replacement.
 *
 * @param installed a sentence saying what was installed
 * @param reason why not the wanted one, such as the responses of servers
 */
export const fallback = (installed: string, reason: string): Installed => ({
  outcome: `${installed} To try again, run "npm run setup"; set-up tries again by itself tomorrow.\n${reason}`,
  isFallback: true,
});

const RETRY_MS = 24 * 60 * 60_000;

const stampPath = (step: Step): string => join(ROOT, '.cache', 'setup', `${step.name}.json`);

/**
 * Whether an earlier run finished this very step and its files still exist. Takes about a millisecond.
 *
 * @param retryFallbacks whether a replacement is installed again even if a day has not passed. Default false
 */
export function isReady(step: Step, retryFallbacks = false): boolean {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(step), 'utf8')) as { key?: unknown; retryAtMs?: number };
    if (stamp.retryAtMs !== undefined && (retryFallbacks || Date.now() >= stamp.retryAtMs)) return false;
    return stamp.key === step.key() && step.outputs().every((path) => existsSync(path));
  } catch {
    return false; // no stamp, or a truncated one
  }
}

/** Records that the step is done; written last, so that an interrupted step runs again. */
export function markReady(step: Step, { outcome, isFallback }: Installed): void {
  const path = stampPath(step);
  const stamp = { key: step.key(), outcome, ...(isFallback && { retryAtMs: Date.now() + RETRY_MS }) };
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, JSON.stringify(stamp) + '\n');
}

/** Version of an installed package, read without loading it. */
export function packageVersion(name: string): string {
  const path = join(ROOT, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
