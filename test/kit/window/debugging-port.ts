import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';

const LOOK_EVERY_MS = 10;

/**
 * Takes hold of the window of an Electron that was started with `--remote-debugging-port=0` and its stderr piped. Only once
 * its page is there: whoever attaches while the first navigation is under way may miss it, and waits for it forever.
 *
 * @param title what the page calls itself
 * @throws Error with what it said, when the program ends before
 */
export async function windowOf(child: ChildProcess, title: RegExp): Promise<Page> {
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (;;) {
    const [, address, authority] = /DevTools listening on (ws:\/\/([^/\s]+)\S*)\s/.exec(said) ?? [];
    if (address !== undefined && (await titles(authority!)).some((shown) => title.test(shown))) {
      const browser = await chromium.connectOverCDP(address);
      const context = browser.contexts()[0]!;
      return context.pages()[0] ?? (await context.waitForEvent('page'));
    }
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(
        `The app ended (${child.exitCode ?? child.signalCode}) before its window was there: ${said}`,
      );
    await delay(LOOK_EVERY_MS);
  }
}

async function titles(authority: string): Promise<string[]> {
  const answer = await fetch(`http://${authority}/json/list`).catch(() => null);
  const targets = answer ? ((await answer.json()) as { type: string; title: string }[]) : [];
  return targets.filter(({ type }) => type === 'page').map((target) => target.title);
}
