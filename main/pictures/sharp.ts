import Module, { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import type { Sharp, SharpInput, SharpOptions } from 'sharp';

/**
 * sharp on its WebAssembly build, on every platform. Its native build bundles a GLib that collides with the one
 * Electron loads on Linux (sharp#4522), and one build everywhere means the same file gives the same pixels everywhere.
 *
 * sharp picks its binding in `dist/sharp.cjs`, native first. That module is replaced in Node's module cache by the
 * WebAssembly binding before sharp is required, so that the native one is never looked for. Import sharp from here only.
 */
function load(): typeof sharpModule {
  const require = createRequire(import.meta.url);
  const picker = createRequire(require.resolve('sharp')).resolve('./sharp.cjs');
  const binding = new Module(picker);
  binding.filename = picker;
  binding.loaded = true;
  binding.exports = require('@img/sharp-wasm32/sharp.node') as unknown;
  require.cache[picker] = binding;
  const loaded = require('sharp') as typeof sharpModule;
  // One picture a thread: the pool of workers gives parallelism, and threads inside each would only contend with it.
  loaded.concurrency(1);
  // No operation is repeated, so libvips' operation cache would only waste memory.
  loaded.cache(false);
  return loaded;
}

let loaded: typeof sharpModule | undefined;

/**
 * `sharp(input, options)`. Loaded at the first call: threads that only augment cached pixels do without its half second
 * and its memory.
 */
export function sharp(input: SharpInput | SharpInput[], options?: SharpOptions): Sharp {
  loaded ??= load();
  return loaded(input, options);
}
