import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A fresh, empty folder beside `target`, to be filled and then moved into its place with `putInPlace`. */
export function draftOf(target: string): string {
  const draft = `${target}.draft-${process.pid}`;
  removeDrafts(target);
  mkdirSync(draft, { recursive: true });
  return draft;
}

/** Replaces `target` (file or folder) by `draft`. What runs from the old one keeps its open files. */
export function putInPlace(draft: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const old = `${target}.draft-old-${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(draft, target);
  rmSync(old, { recursive: true, force: true });
}

/** Removes what an interrupted run left beside `target`. */
function removeDrafts(target: string): void {
  const folder = dirname(target);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(target)}.draft-`))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
