import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InsightState } from '../../shared/contract/insight.ts';
import { SAMPLES } from '../kit/cli.ts';
import { AppUnderTest } from '../kit/window/harness.ts';

const NAMES = ['animals', 'food'] as const;
const EACH = 30;

let home: string;
let pictures: string;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'twofold-suggestions-'));
  pictures = join(home, 'pictures');
  mkdirSync(pictures);
  for (const name of NAMES) {
    for (const file of readdirSync(join(SAMPLES, name)).sort().slice(0, EACH)) {
      cpSync(join(SAMPLES, name, file), join(pictures, `${name}-${file}`));
    }
  }
  await launch();
});

afterAll(async () => {
  await app.close();
  await rm(home, { recursive: true, force: true });
});

async function launch(args: string[] = []): Promise<void> {
  app = await AppUnderTest.launch({ home, args, size: [1280, 800], indexes: true });
  page = app.page;
}

/** Waits until the index is as a test wants it. */
async function until(condition: (state: InsightState) => boolean): Promise<InsightState> {
  for (;;) {
    const state = await app.call('insight.state');
    if (condition(state)) return state;
    if (state.phase === 'failed') throw new Error(state.message ?? 'failed');
    await page.waitForTimeout(50);
  }
}

/** Index processes of the app, the only ones with the lowest priority. */
function killIndexing(): void {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid=,ni='], { encoding: 'utf8' });
  const own = String(app.electron.process().pid);
  const rows = children
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const family = new Set([own]);
  for (const [pid, parent] of rows) if (family.has(parent!)) family.add(pid!);
  const found = rows
    .filter(([pid, , nice]) => family.has(pid!) && Number(nice) === 19)
    .map(([pid]) => Number(pid));
  if (found.length === 0) throw new Error('No process is indexing.');
  for (const pid of found) process.kill(pid, 'SIGKILL');
}

describe('the index', () => {
  it('begins after an import, survives its process and a restart of the app, and is complete in the end', async () => {
    const project = join(app.documents, 'meals.twofold');
    await app.call('project.create', { folder: project });
    await app.call('import.start', { paths: [pictures] });
    await until(({ progress }) => (progress?.done ?? 0) >= 20);
    expect(await page.getByText(/^Indexing \d+ of 60$/).count()).toBe(1);
    killIndexing();
    const { message } = await untilFailed();
    expect(message).toContain('The indexing process ended unexpectedly');
    await app.close();
    await launch([project]);
    const begun = await until(({ summary }) => summary !== null);
    expect(begun.summary!.indexed).toBeGreaterThanOrEqual(20);
    const { summary } = await until(({ phase }) => phase === 'done');
    expect(summary).toMatchObject({ indexed: 60, total: 60, labels: [0, 0], suggested: [0, 0] });
  });

  async function untilFailed(): Promise<InsightState> {
    for (;;) {
      const state = await app.call('insight.state');
      if (state.phase === 'failed') return state;
      await page.waitForTimeout(50);
    }
  }
});
