import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import type { ThreadData } from './tasks.ts';

/**
 * Lowers the priority of this thread if its pool runs in the background, so that decoding does not slow down a process
 * that serves the window. Threads started later inherit it, so this is imported before the decoder. Linux only:
 * elsewhere the priority would apply to the whole process.
 */
if (process.platform === 'linux' && (workerData as Partial<ThreadData> | null)?.background) {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not permitted on this system: the priority stays as it is.
  }
}
