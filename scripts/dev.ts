import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { context } from 'esbuild';
import { createServer } from 'vite';
import { writeExtras } from './build/build.ts';
import { bundlePreload, programBundle } from './build/bundle.mjs';
import { ROOT } from './build/sources.mjs';
import { freePort } from './free-port.ts';
import { openApp, requireScreen } from './open-app.ts';

/**
 * `npm run dev`: opens the app and keeps it up to date. Changes to the renderer are swapped in by Vite; after changes
 * to main/ or shared/ the app restarts. With `--debug`, debuggers can attach to main (port 9229) and the window (9222).
 */

/** Has the layout of the checkout, so that the app finds its files. dist/ is used by `npm start` and the tests. */
const FOLDER = join(ROOT, '.cache/dev');
const MAIN = join(FOLDER, 'dist/main');

const args = process.argv.slice(2);
const switches = args.includes('--debug') ? ['--inspect=9229', '--remote-debugging-port=9222'] : [];

requireScreen();
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(MAIN, { recursive: true });
copyFileSync(join(ROOT, 'package.json'), join(FOLDER, 'package.json'));
await writeExtras(join(FOLDER, 'dist'));
process.env.TWOFOLD_RESOURCES ??= join(ROOT, '.cache');

const server = await serveRenderer(await freePort());
const main = await context({
  ...programBundle({ app: 'main/app.ts' }, MAIN),
  define: { TWOFOLD_DEV_SERVER: JSON.stringify(server) },
  plugins: [
    {
      name: 'restart',
      setup: (build) =>
        build.onEnd(async ({ errors }) => {
          if (errors.length > 0) return;
          await bundlePreload(MAIN);
          await restart();
        }),
    },
  ],
});
await main.watch();

let app: ChildProcess | undefined;

/** Closes the app normally, waits until its project is closed, and opens it again. */
async function restart(): Promise<void> {
  if (app) {
    app.removeAllListeners('exit');
    app.kill();
    await once(app, 'exit');
    console.log('Restarting.');
  }
  app = openApp(
    FOLDER,
    args.filter((arg) => arg !== '--debug'),
    switches,
  );
  app.on('exit', (code) => process.exit(code ?? 1));
}

/** @returns the address of Vite's development server */
async function serveRenderer(port: number): Promise<string> {
  const vite = await createServer({
    configFile: join(ROOT, 'vite.config.ts'),
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      fs: { allow: [ROOT] },
      // The page comes from app://twofold; only this connection goes straight to Vite.
      hmr: { protocol: 'ws', host: '127.0.0.1', clientPort: port },
    },
  });
  await vite.listen();
  return `http://127.0.0.1:${port}`;
}
