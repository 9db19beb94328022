import { spawn, type ChildProcess } from 'node:child_process';
import { chromium, type Browser, type Page } from 'playwright-core';
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
  const browser = await connect(child, () => text);
  const page = await firstPage(browser);
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

function connect(child: ChildProcess, text: () => string): Promise<Browser> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const address = /DevTools listening on (ws:\S+)/.exec(text())?.[1];
      if (address === undefined) return;
      child.stderr?.off('data', look);
      chromium.connectOverCDP(address).then(resolve, reject);
    };
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`The app ended with code ${code ?? 'none'}: ${text()}`)));
  });
}

async function firstPage(browser: Browser): Promise<Page> {
  const [context] = browser.contexts();
  if (!context) throw new Error('The app has no window.');
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
  return page;
}
