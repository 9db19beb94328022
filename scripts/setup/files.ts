import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Creates an empty folder next to `target`, to be filled and then moved there by `putInPlace`. */
export function draftOf(target: string): string {
  mkdirSync(dirname(target), { recursive: true });
  // What an interrupted run left behind.
  for (const name of readdirSync(dirname(target))) {
    if (name.startsWith(`${basename(target)}.draft-`))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
  const draft = `${target}.draft-${process.pid}`;
  mkdirSync(draft);
  return draft;
}

/** Replaces `target` (file or folder) with `draft`. Programs that run from the old one keep their open files. */
export function putInPlace(draft: string, target: string): void {
  const old = `${target}.draft-old-${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(draft, target);
  rmSync(old, { recursive: true, force: true });
}
