// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MAIN_SOURCES, ROOT, sourcesStamp } from './sources.mjs';

const BUNDLES = join(ROOT, '.cache/cli');
const KEPT_UNUSED_MS = 24 * 3600 * 1000;

/**
 * Loads the command line, bundling it first if its sources have changed. Each version has its own folder, so that a
 * command that is still running keeps its files.
 *
 * @returns {Promise<typeof import('../../main/cli.ts')>}
 */
export async function loadCli() {
  const folder = join(BUNDLES, sourcesStamp(MAIN_SOURCES));
  if (!existsSync(folder)) await bundleCli(folder);
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // Read-only checkout: nothing is removed either.
  }
  return import(pathToFileURL(join(folder, 'cli.js')).href);
}

/** @param {string} folder */
async function bundleCli(folder) {
  const [{ build }, { programBundle }] = await Promise.all([loadEsbuild(), import('./bundle.mjs')]);
  removeUnused();
  const draft = `${folder}-${process.pid}`;
  try {
    await build(programBundle({ cli: 'main/cli.ts' }, draft));
    renameSync(draft, folder);
  } catch (error) {
    // Another command may have finished first.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new Error('The command line can’t be built because esbuild is not installed. Run "npm ci".', {
      cause,
    });
  }
}

function removeUnused() {
  mkdirSync(BUNDLES, { recursive: true });
  for (const name of readdirSync(BUNDLES)) {
    const path = join(BUNDLES, name);
    const usedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - usedMs > KEPT_UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
