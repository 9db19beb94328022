import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LockOptions } from 'proper-lockfile';

/**
 * Runs `work` while no other process does so under the same path; waits for one that does. The lock of a killed process
 * expires within seconds.
 *
 * @param path what is locked; the lock is the folder `PATH.lock`
 * @param onWait called once when there is another process to wait for
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  // Loaded only when needed, so that a set-up with nothing to do is quick.
  const { lock } = await import('proper-lockfile');
  mkdirSync(dirname(path), { recursive: true });
  const options: LockOptions = {
    realpath: false, // the path need not exist
    stale: 10_000,
    update: 2_000,
    // The lock was removed by hand, or the machine slept. The work is safe: it is written aside and renamed.
    onCompromised: () => undefined,
  };
  const release = await lock(path, options).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    onWait?.();
    const retries = { forever: true, minTimeout: 250, maxTimeout: 250 };
    return lock(path, { ...options, retries });
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined); // already gone when it was compromised
  }
}
