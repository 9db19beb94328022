/**
 * Preloaded into the Electron under test (`-r`): holds the app back until Playwright listens, which then calls
 * `__playwright_run`. Otherwise the window may begin to load meanwhile, its first navigation is missed, and the launch
 * never returns. Playwright's own preload does the same, but also sets some thirty of Chromium's switches, which make
 * drawing slower than it is for a person.
 */
const { app } = require('electron');

const { isReady } = app;
const ready = app.whenReady();
let go;
const told = new Promise((resolve) => (go = resolve));
app.whenReady = () => told;
app.isReady = () => false;
globalThis.__playwright_run = async () => {
  await ready;
  app.isReady = isReady;
  go();
};

// To the app it was never there.
process.argv.splice(process.argv.indexOf('-r'), 2);
