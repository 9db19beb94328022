import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { entry } from '../../support/entry.ts';

/** For each file its size in bytes and its mtime in whole milliseconds; both NaN if unknown. */
export type FileStats = Float64Array<ArrayBuffer>;

/** Reads size and mtime of files, given by their paths. */
export type ReadStats = (files: readonly string[]) => Promise<FileStats>;

/** Reads size and mtime of files synchronously: ten times faster than with `fs.promises.stat`. */
export function fileStats(files: readonly string[]): FileStats {
  const stats = new Float64Array(2 * files.length).fill(NaN);
  files.forEach((file, index) => {
    try {
      const found = statSync(file, { throwIfNoEntry: false });
      if (found) stats.set([found.size, Math.trunc(found.mtimeMs)], 2 * index);
    } catch {
      // No permission, or a drive that does not answer: counts as missing.
    }
  });
  return stats;
}

/**
 * Runs `work` with a thread that reads size and mtime of files, so that the caller does not wait for the disk. 100,000
 * files take half a second; with `fs.promises.stat` they take eight, on the main thread and Node's pool.
 */
export async function withStatThread<T>(work: (read: ReadStats) => Promise<T>): Promise<T> {
  const { path, execArgv } = entry(import.meta.url, './stat-worker.ts');
  const worker = new Worker(path, { execArgv });
  try {
    return await work(async (files) => {
      worker.postMessage(files);
      const [stats] = (await once(worker, 'message')) as [FileStats];
      return stats;
    });
  } finally {
    void worker.terminate();
  }
}
