import Module, { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import type { Sharp, SharpInput, SharpOptions } from 'sharp';

/**
 * Loads the WebAssembly build of sharp on every platform. Its native build bundles a GLib that conflicts with the one
 * that Electron loads on Linux (sharp#4522), and with one build the same file gives the same pixels everywhere.
 *
 * sharp chooses its binding in `dist/sharp.cjs`, native first. That module is replaced in Node's module cache by the
 * WebAssembly binding before sharp is required, so that the native one is never loaded. Import sharp from here only.
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
  // One thread per picture: the pool of workers already uses all cores.
  loaded.concurrency(1);
  // No operation is repeated, so libvips' operation cache would waste memory.
  loaded.cache(false);
  return loaded;
}

let loaded: typeof sharpModule | undefined;

/**
 * `sharp(input, options)`. Loaded at the first call, since threads that only augment cached pixels do not need it:
 * loading takes half a second.
 */
export function sharp(input: SharpInput | SharpInput[], options?: SharpOptions): Sharp {
  loaded ??= load();
  return loaded(input, options);
}
