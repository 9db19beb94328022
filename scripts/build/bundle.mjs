// @ts-check
import { build } from 'esbuild';
import { ROOT } from './sources.mjs';

/**
 * Packages that stay in node_modules: native ones, those that read WebAssembly from beside their module, and those that
 * locate their own files. Everything else becomes part of the bundle, so that a program loads few files.
 */
const EXTERNAL = [
  'electron',
  'better-sqlite3',
  '@tensorflow/tfjs-node',
  'sharp',
  '@img/sharp-wasm32',
  'piscina',
  'h5wasm',
  'protobufjs',
  'write-file-atomic',
];

/** Modules that run in their own process or thread. `main/support/entry.ts` looks for them beside the program. */
export const CHILDREN = {
  process: 'main/jobs/process.ts',
  worker: 'main/pictures/worker.ts',
  'stat-worker': 'main/library/pictures/stat-worker.ts',
  'cache-worker': 'main/library/cache/cache-worker.ts',
  'read-worker': 'main/library/reading/read-worker.ts',
  'split-worker': 'main/engine/split-worker.ts',
  'figure-worker': 'main/engine/figures/figure-worker.ts',
  'suggest-worker': 'main/engine/suggestions/suggest-worker.ts',
};

/**
 * Options for esbuild to bundle a program of main/ with its children; modules that they share become files of their
 * own.
 *
 * @param {Record<string, string>} program entry module, by the name of the file to write
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions}
 */
export function programBundle(program, outdir) {
  return {
    absWorkingDir: ROOT,
    entryPoints: { ...program, ...CHILDREN },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // Node of Electron 33, the older of the two.
    target: 'node20.18',
    external: EXTERNAL,
    // For bundled CommonJS packages that require Node's modules.
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
    },
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  };
}

/**
 * Bundles the preload script, which must be a single CommonJS file in a sandbox, with the names of the contract
 * inserted.
 *
 * @param {string} outdir
 */
export async function bundlePreload(outdir) {
  const { CALL_NAMES, EVENT_NAMES } = await importContract();
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['main/preload.ts'],
    outfile: `${outdir}/preload.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'chrome130',
    external: ['electron'],
    define: {
      CONTRACT_CALL_NAMES: JSON.stringify(CALL_NAMES),
      CONTRACT_EVENT_NAMES: JSON.stringify(EVENT_NAMES),
    },
    logLevel: 'warning',
  });
}

/**
 * Loads the current contract, even if an earlier version was loaded before.
 *
 * @returns {Promise<typeof import('../../shared/contract.ts')>}
 */
async function importContract() {
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: ['shared/contract.ts'],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const [file] = built.outputFiles;
  return import(`data:text/javascript,${encodeURIComponent(file?.text ?? '')}`);
}
