import { parentPort } from 'node:worker_threads';
import { fileStats } from './file-stats.ts';

/** The thread of `withStatThread`: gets paths, answers with what the disk says of them. */
parentPort?.on('message', (files: string[]) => {
  const stats = fileStats(files);
  parentPort?.postMessage(stats, [stats.buffer]);
});
