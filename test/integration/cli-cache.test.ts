import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { CacheUsage } from '../../shared/library/cache.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder } from '../kit/cli.ts';

const train = (...more: string[]): string[] => ['train', project, ...QUICK, '--no-augment', ...more];

let project: string;

interface Measured {
  limitBytes: number | null;
  removed: { files: number; bytes: number };
}
const measured = async (...flags: string[]): Promise<CacheUsage & Measured> =>
  (await done('cache', project, ...flags)) as unknown as CacheUsage & Measured;

beforeAll(async () => {
  project = path.join(temporaryFolder(), 'cached.twofold');
  await done('import', sampleFolder(6), '--project', project);
  await done(...train('--epochs', '1'));
});

it('shows what the cache of a project takes, for people and for programs', async () => {
  const { kinds, total, limitBytes } = await measured();
  expect(kinds.features.files).toBe(12);
  // Import prepared 12 at the size of the project's recipe, training 12 at its own.
  expect(kinds.pixels.files).toBe(24);
  expect(total.bytes).toBe(Object.values(kinds).reduce((sum, { bytes }) => sum + bytes, 0));
  expect(limitBytes).toBeNull();
  const { stdout } = await run('cache', project);
  expect(stdout).toMatch(/^features +[\d.]+ [kM]B +12 +output of the base network/m);
  expect(stdout).toContain('No limit.');
});

it('clears a kind, which is computed again when it is needed', async () => {
  const before = await measured();
  const { kinds, removed } = await measured('--clear', 'features');
  expect(removed).toEqual(before.kinds.features);
  expect(kinds).toEqual({ ...before.kinds, features: { files: 0, bytes: 0 } });
  await done(...train('--epochs', '1'));
  expect((await measured()).kinds.features).toEqual(before.kinds.features);
});

it('remembers a limit and keeps to it after every command that fills the cache', async () => {
  const { limitBytes, total } = await measured('--limit', '1MB');
  expect(limitBytes).toBe(1e6);
  expect(total.bytes).toBeLessThanOrEqual(1e6);
  const { stderr, code } = await run(...train('--epochs', '1', '--size', '139'));
  expect(stderr).toMatch(/Removed [\d.]+ [kM]B from the cache to keep it within its limit\./);
  expect(code).toBe(0);
  const after = await measured();
  expect(after.limitBytes).toBe(1e6);
  expect(after.total.bytes).toBeLessThanOrEqual(1e6);
  expect((await measured('--limit', 'none')).limitBytes).toBeNull();
});

it('is not cleared while a job uses it', async () => {
  const refused: Promise<unknown>[] = [];
  const running = start([...train('--epochs', '10000'), '--json'], ({ event }) => {
    if (event !== 'epoch' || refused.length > 0) return;
    refused.push(
      run('cache', project, '--clear', 'all', '--json').then((finished) => {
        running.child.kill('SIGINT');
        return finished;
      }),
    );
  });
  await running.finished;
  expect(await refused[0]).toMatchObject({ code: 1, events: [{ event: 'error', code: 'busy' }] });
  expect((await measured()).kinds.features.files).toBeGreaterThan(0);
  // The job has taken its mark away.
  expect(readdirSync(path.join(project, 'cache', 'jobs'))).toEqual([]);
});

it('refuses a limit or a kind that is none', async () => {
  for (const flags of [
    ['--limit', 'much'],
    ['--limit', '10kB'],
    ['--clear', 'runs'],
  ]) {
    const { code, stderr } = await run('cache', project, ...flags);
    expect(code, flags.join(' ')).toBe(2);
    expect(stderr).toMatch(/Expected|Allowed choices/);
  }
  expect(existsSync(path.join(project, 'cache'))).toBe(true);
});
