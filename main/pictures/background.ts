import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import type { ThreadData } from './tasks.ts';

/**
 * Lowers this thread's priority where its pool runs in the background, so that a process which also answers a window
 * is not kept waiting by its own decoding. Threads that this one starts later inherit it, so this is imported before
 * the decoder. Only Linux knows priorities of threads: elsewhere it would be the whole process's.
 */
if (process.platform === 'linux' && (workerData as Partial<ThreadData> | null)?.background) {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A system that refuses it only keeps the priority that there is.
  }
}
