import { parentPort } from 'node:worker_threads';
import { fileStats } from './file-stats.ts';

/** The thread of `withStatThread`: receives paths, answers with their `FileStats`. */
parentPort?.on('message', (files: string[]) => {
  const stats = fileStats(files);
  parentPort?.postMessage(stats, [stats.buffer]);
});
