import { buildIfStale } from './build/fresh.ts';
import { ROOT } from './build/sources.mjs';
import { openApp, requireScreen } from './open-app.ts';

/** `npm start`: builds the app if its sources have changed and opens it; arguments go to the app (`npm start -- FOLDER`). */
requireScreen();
const startedMs = Date.now();
if (await buildIfStale()) console.log(`Built in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
console.log('Opening Twofold.');
const app = openApp(ROOT, process.argv.slice(2));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
app.on('exit', (code) => process.exit(code ?? 1));
