import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { replaceFolder } from '../files/atomic-folder.ts';
import { dataFolder } from '../files/paths.ts';
import { writeGraph } from './graph/run.ts';
import type { Graph } from './graph/graph.ts';

/** How many graphs are kept. InceptionV3 up to mixed7 takes 36 MB. */
const KEPT = 4;
/** Graphs used this recently are not removed, since another process may be about to load them. */
const UNTOUCHED_MS = 60 * 60 * 1000;
const CHECKSUM = 'sha256';

/**
 * The folder of a graph that is cached as a SavedModel in the user's data folder, so that the next process need not read
 * the weights. It is written atomically if it is missing or its checksum is wrong. The least recently used graphs are
 * removed.
 *
 * @param key what the graph depends on, as a file name
 * @param build builds the graph; called only if it must be written
 * @returns the folder, to be loaded immediately
 */
export async function cachedGraph(key: string, build: () => Promise<Graph>): Promise<string> {
  const parent = join(dataFolder(), 'graphs');
  const folder = join(parent, key);
  if (!(await isIntact(folder))) await write(folder, await build());
  const now = new Date();
  await utimes(folder, now, now);
  await prune(parent);
  return folder;
}

async function write(folder: string, graph: Graph): Promise<void> {
  try {
    await replaceFolder(folder, { durable: false }, async (temporary) => {
      await writeGraph(graph, temporary);
      await writeFile(join(temporary, CHECKSUM), await checksum(temporary));
    });
  } catch (error) {
    // Another process may have been faster.
    if (!(await isIntact(folder))) throw error;
  }
}

async function isIntact(folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, CHECKSUM), 'utf8')) === (await checksum(folder));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String((error as NodeJS.ErrnoException).code))) return false;
    throw error;
  }
}

async function checksum(folder: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, 'saved_model.pb')), hash);
  return hash.digest('hex');
}

async function prune(parent: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(parent)).map(async (name) => {
      const path = join(parent, name);
      // Another process may have removed it.
      const usedMs = await stat(path).then(
        (entry) => entry.mtimeMs,
        () => Infinity,
      );
      return { path, usedMs, isUnfinished: name.startsWith('.') };
    }),
  );
  const finished = entries.filter(({ isUnfinished }) => !isUnfinished).sort((a, b) => b.usedMs - a.usedMs);
  const superfluous = [...finished.slice(KEPT), ...entries.filter(({ isUnfinished }) => isUnfinished)];
  for (const { path, usedMs } of superfluous) {
    if (Date.now() - usedMs > UNTOUCHED_MS) await rm(path, { recursive: true, force: true });
  }
}
