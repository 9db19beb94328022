import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sync as writeFileAtomic } from 'write-file-atomic';
import type { Progress } from './progress.ts';

/** What a person is about to do; each needs its own part of the set-up. */
export const PURPOSES = ['cli', 'test', 'app'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** The checkout that is being set up. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One thing that a fresh checkout lacks. */
export interface Step {
  /** File name of the stamp, and how messages call the step in short. */
  name: string;
  /** What is being made ready, in words for the progress line. */
  title: string;
  purposes: readonly Purpose[];
  /** Everything that decides what is installed (versions, platform); a change makes the step run again. */
  key: () => string;
  /** Files that are there when the step is done: the cheap check of a later run. */
  outputs: () => string[];
  /** Installs and proves it. Returns the sentence that tells what was installed and from where. */
  install: (progress: Progress) => Promise<string>;
}

const stampPath = (step: Step): string => join(ROOT, '.cache', 'setup', `${step.name}.json`);

/** Whether an earlier run finished this very step and its files are still there. Takes about a millisecond. */
export function isReady(step: Step): boolean {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(step), 'utf8')) as { key?: unknown };
    return stamp.key === step.key() && step.outputs().every((path) => existsSync(path));
  } catch {
    return false; // no stamp, or one cut short
  }
}

/** Remembers that the step is done; written last, so that an interrupted step runs again. */
export function markReady(step: Step, outcome: string): void {
  const path = stampPath(step);
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, JSON.stringify({ key: step.key(), outcome }) + '\n');
}

/** Reads `version` of an installed package, without running it. */
export function packageVersion(name: string): string {
  const path = join(ROOT, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
