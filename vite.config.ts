import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { ORIGIN } from './shared/picture-url.ts';

/** The window. Main, preload, the training process and the picture worker are built by scripts/build.ts as well. */
export default defineConfig({
  root: 'renderer',
  base: `${ORIGIN}/`,
  plugins: [svelte({ configFile: '../svelte.config.js' })],
  build: {
    // Chromium 130, that of Electron 33.
    target: 'chrome130',
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // Files of their own, all of them: the content security policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read from disk, in one piece.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
