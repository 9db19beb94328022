import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { ROOT } from './build/build.ts';
import { buildIfStale } from './build/fresh.ts';

/** `npm start`: builds the app and opens it; arguments go to the app (`npm start -- FOLDER`). */

if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  console.error(
    'Twofold needs a screen, and there is none here (DISPLAY is not set). Run "npm run demo" to see the engine at ' +
      'work on the command line, or "xvfb-run -a npm start" to run the app on a virtual screen.',
  );
  process.exit(1);
}
const startedMs = Date.now();
if (await buildIfStale()) console.log(`Built in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
console.log('Opening Twofold.');
const electron = createRequire(import.meta.url)('electron') as string;
// Chromium's sandbox can't be set up by root, as in containers; the window stays separated from Node all the same.
const sandbox = process.getuid?.() === 0 || process.env.CI ? ['--no-sandbox'] : [];
const child = spawn(electron, [...sandbox, ROOT, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(
    `Electron could not be started: ${error.message}. Run "npm run setup -- --for app" and try again.`,
  );
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
