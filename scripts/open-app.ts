import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';

/** Ends the process with an explanation if there is no screen to show the app on. */
export function requireScreen(): void {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return;
  console.error(
    'Twofold needs a screen, and DISPLAY is not set. To try the engine on the command line, run "npm run demo"; ' +
      'to run the app on a virtual screen, put "xvfb-run -a" before the command.',
  );
  process.exit(1);
}

/**
 * Starts the app with the Electron that set-up installed.
 *
 * @param folder the one with package.json and dist/
 * @param args Electron's own switches go before the folder, everything else to the app
 */
export function openApp(
  folder: string,
  args: readonly string[],
  switches: readonly string[] = [],
): ChildProcess {
  const electron = createRequire(import.meta.url)('electron') as string;
  // Root can't set up Chromium's sandbox, as in containers; the window is still isolated from Node.
  const sandbox = process.getuid?.() === 0 || process.env.CI ? ['--no-sandbox'] : [];
  const child = spawn(electron, [...sandbox, ...switches, folder, ...args], { stdio: 'inherit' });
  child.on('error', (error) => {
    console.error(
      `Electron could not be started: ${error.message}. Run "npm run setup -- --for app" and try again.`,
    );
    process.exit(1);
  });
  return child;
}
