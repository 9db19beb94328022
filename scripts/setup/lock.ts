import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
/** A holder that has not been heard of for this long is gone (killed, or on a machine that was switched off). */
const STALE_MS = 60_000;
const POLL_MS = 250;

/**
 * Runs `work` while no other process does so under the same lock file; waits for the one that does.
 *
 * The file names its holder; a lock whose holder is dead is taken over at once, so that an interrupted run never has to
 * be cleaned up by hand.
 *
 * @param onWait called once, with the holder's process id, when there is someone to wait for
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${process.pid} ${hostname()}`;
  let isTold = false;
  while (!acquire(path, mine)) {
    // Not known in the first moment, while the file is there but its holder has not signed it yet.
    const holder = readHolder(path);
    if (!isTold && holder !== undefined) {
      onWait(holder);
      isTold = true;
    }
    await sleep(POLL_MS);
  }
  const release = (): void => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  process.on('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off('exit', release);
    release();
  }
}

function acquire(path: string, mine: string): boolean {
  try {
    writeFileSync(path, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const stale = read(path);
  if (stale !== undefined && isStale(path, stale)) bury(path, stale);
  return false; // the next round creates it, or finds who was quicker
}

/** Removes a stale lock, but not the fresh one of a process that was quicker at taking it over. */
function bury(path: string, stale: string): void {
  const grave = `${path}.${process.pid}`;
  try {
    renameSync(path, grave);
    if (read(grave) !== stale) linkSync(grave, path);
  } catch {
    // Someone else took it over meanwhile.
  } finally {
    rmSync(grave, { force: true });
  }
}

function isStale(path: string, content: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE_MS) return true;
  } catch {
    return false; // gone meanwhile
  }
  const [pid, host] = content.split(' ');
  // A file just created is still empty for a moment: then there is no host to compare.
  return host === hostname() && Number(pid) !== process.pid && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readHolder(path: string): number | undefined {
  const pid = Number((read(path) ?? '').split(' ')[0]);
  return pid > 0 ? pid : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Removed by hand: the work itself is still safe, since everything is written aside and renamed.
  }
}
