import { parentPort } from 'node:worker_threads';
import { ProgressMeter } from '../../../shared/progress.ts';
import { listCache, oldestOver, removeFiles, usageOf, type CacheFile } from './cache-files.ts';
import type { CacheResult, CacheTask, CacheWork } from './cache.ts';

/** Entry point of the thread of `cache.ts`. Posts the progress of removing, in files. */
export default function work({ cacheDir, task }: CacheWork): CacheResult {
  const files = listCache(cacheDir);
  const toRemove = unwanted(files, task);
  const meter = new ProgressMeter(toRemove.length, (progress) => parentPort?.postMessage(progress));
  const removed = new Set(removeFiles(toRemove, (done) => meter.update(done)));
  return {
    usage: usageOf(files.filter((file) => !removed.has(file))),
    removed: usageOf(removed).total,
  };
}

function unwanted(files: readonly CacheFile[], task: CacheTask): readonly CacheFile[] {
  if (task.kind === 'measure') return [];
  if (task.kind === 'trim') return oldestOver(files, task.limitBytes);
  return files.filter(({ kind }) => task.kinds.includes(kind));
}
