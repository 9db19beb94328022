import { spawn } from 'node:child_process';
import type { Page } from 'playwright-core';
import { windowOf } from './debugging-port.ts';
import { startDisplay } from './display.ts';

/**
 * Starts a packaged app and takes hold of its window. Its fuses refuse `--inspect`, on which Playwright's Electron support
 * rests, so the window is reached through Chromium's own debugging port instead: main stays out of reach, as for anyone.
 *
 * @param options `user`: starts it as this user, with the sandbox on, which root can't have
 */
export async function launchPackaged(
  program: string,
  options: { cwd: string; env: Record<string, string>; user?: { uid: number; gid: number } },
): Promise<{ page: Page; stderr: () => string; close: () => Promise<void> }> {
  const { user } = options;
  const isRoot = user === undefined && process.getuid?.() === 0;
  const child = spawn(program, ['--remote-debugging-port=0', ...(isRoot ? ['--no-sandbox'] : [])], {
    ...user,
    cwd: options.cwd,
    // Nothing of this machine but what a bare account has.
    env: { PATH: '/usr/bin:/bin', DISPLAY: await startDisplay(), ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
