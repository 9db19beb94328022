import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle, type InlineConfig } from 'vite';
import { CALL_NAMES, EVENT_NAMES } from '../../shared/contract.ts';
import { drawIcons } from './icons.ts';
import { thirdPartyNotices } from './third-party.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DIST = join(ROOT, 'dist');

/**
 * Packages that stay in node_modules: native ones, WebAssembly that is read from beside its module, and those that find
 * their own files. Everything else becomes part of the bundle, so that the app starts from few files.
 */
export const EXTERNAL = [
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

const isExternal = (id: string): boolean =>
  id.startsWith('node:') || EXTERNAL.some((name) => id === name || id.startsWith(`${name}/`));

/** Entries that lie beside each other, where `main/support/entry.ts` looks for them. */
const ENTRIES = {
  app: 'main/app.ts',
  process: 'main/jobs/process.ts',
  worker: 'main/pictures/worker.ts',
  'stat-worker': 'main/library/pictures/stat-worker.ts',
  'read-worker': 'main/library/reading/read-worker.ts',
};

const common: InlineConfig = { root: ROOT, configFile: false, logLevel: 'warn' };

/**
 * Builds main with its processes and threads, the preload script and the window into dist/. It takes dist/'s place only
 * when it is whole, so that an app that runs from it is not left with half of it.
 *
 * @param stamp written into dist/stamp, to tell later whether it is still what the sources say
 */
export async function build(stamp: string): Promise<void> {
  const draft = join(ROOT, '.cache', `build-${process.pid}`);
  try {
    await mkdir(draft, { recursive: true });
    await Promise.all([buildMain(draft), buildPreload(draft), buildWindow(draft)]);
    await drawIcons(draft);
    await writeFile(join(draft, 'THIRD_PARTY.md'), thirdPartyNotices());
    await writeFile(join(draft, 'stamp'), stamp);
    await rm(DIST, { recursive: true, force: true });
    await rename(draft, DIST);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function buildWindow(out: string): Promise<unknown> {
  return bundle({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(out, 'renderer') },
  });
}

function buildMain(out: string): Promise<unknown> {
  return bundle({
    ...common,
    build: {
      ssr: true,
      // Node of Electron 33.
      target: 'node20.18',
      outDir: join(out, 'main'),
      emptyOutDir: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(ROOT, path)])),
        external: isExternal,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true },
  });
}

/** A sandboxed preload script is one CommonJS file. The names of the contract are written into it. */
function buildPreload(out: string): Promise<unknown> {
  return bundle({
    ...common,
    define: {
      CONTRACT_CALL_NAMES: JSON.stringify(CALL_NAMES),
      CONTRACT_EVENT_NAMES: JSON.stringify(EVENT_NAMES),
    },
    build: {
      target: 'chrome130',
      outDir: join(out, 'main'),
      emptyOutDir: false,
      rolldownOptions: {
        input: join(ROOT, 'main/preload.ts'),
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  });
}
