import { spawn } from 'node:child_process';
import type { Page } from 'playwright-core';
import { windowOf } from './debugging-port.ts';
import { startDisplay } from './display.ts';

/**
 * Starts a packaged app and takes hold of its window. Its fuses refuse `--inspect`, on which Playwright's Electron support
 * rests, so the window is reached through Chromium's own debugging port instead: main stays out of reach, as for anyone.
 */
export async function launchPackaged(
  program: string,
  options: { cwd: string; env: Record<string, string> },
): Promise<{ page: Page; stderr: () => string; close: () => Promise<void> }> {
  const child = spawn(
    program,
    ['--remote-debugging-port=0', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    {
      cwd: options.cwd,
      // Nothing of this machine but what a bare account has.
      env: { PATH: '/usr/bin:/bin', DISPLAY: await startDisplay(), ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const page = await windowOf(child, /Twofold/);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return {
    page,
    stderr: () => text,
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await page.evaluate('window.close()').catch(() => undefined);
      await ended;
    },
  };
}
