import { Piscina } from 'piscina';
import { TwofoldError } from '../../../shared/errors.ts';
import type { CacheKind, CacheSize, CacheUsage } from '../../../shared/library/cache.ts';
import type { Progress } from '../../../shared/progress.ts';
import { isCacheInUse } from '../../files/cache-marks.ts';
import { entry } from '../../support/entry.ts';

export type CacheTask =
  { kind: 'measure' } | { kind: 'clear'; kinds: readonly CacheKind[] } | { kind: 'trim'; limitBytes: number };

/** A task of the thread. */
export interface CacheWork {
  cacheDir: string;
  task: CacheTask;
}

export interface CacheResult {
  /** The current contents of the cache. */
  usage: CacheUsage;
  removed: CacheSize;
}

export interface CacheOptions {
  signal?: AbortSignal | undefined;
  /** Called with the progress of removing, in files. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** The size of a project's cache. @param cacheDir cache folder of the project */
export async function measureCache(cacheDir: string, options: CacheOptions = {}): Promise<CacheUsage> {
  return (await inThread(cacheDir, { kind: 'measure' }, options)).usage;
}

/**
 * Removes everything of some kinds.
 *
 * @throws TwofoldError `busy` while a job uses the cache; `cancelled` (removed files stay removed)
 */
export async function clearCache(
  cacheDir: string,
  kinds: readonly CacheKind[],
  options: CacheOptions = {},
): Promise<CacheResult> {
  if (isCacheInUse(cacheDir)) {
    throw new TwofoldError(
      'busy',
      'The cache is in use by training, indexing or another job. Wait until it is done, or stop it, then clear the cache.',
    );
  }
  return inThread(cacheDir, { kind: 'clear', kinds }, options);
}

/**
 * Removes the least recently used files until the cache takes at most `limitBytes`.
 *
 * @returns null, with nothing removed, while a job uses the cache
 * @throws TwofoldError `cancelled`
 */
export async function trimCache(
  cacheDir: string,
  limitBytes: number,
  options: CacheOptions = {},
): Promise<CacheResult | null> {
  if (isCacheInUse(cacheDir)) return null;
  return inThread(cacheDir, { kind: 'trim', limitBytes }, options);
}

/** Runs a task on a thread, since listing and removing 300,000 files takes seconds. */
async function inThread(
  cacheDir: string,
  task: CacheTask,
  { signal, onProgress }: CacheOptions,
): Promise<CacheResult> {
  const { path, execArgv } = entry(import.meta.url, './cache-worker.ts');
  const pool = new Piscina<CacheWork, CacheResult>({ filename: path, execArgv, maxThreads: 1 });
  pool.on('message', (progress: Progress) => onProgress?.(progress));
  try {
    return await pool.run({ cacheDir, task }, { signal: signal ?? null });
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new TwofoldError('cancelled', 'Cancelled. What was removed stays removed.');
  } finally {
    await pool.destroy();
  }
}
