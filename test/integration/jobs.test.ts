import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteFoldersJob } from '../../shared/jobs/export.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { spawnNodeProcess } from '../../main/jobs/child.ts';
import { runJob, startJob, type JobProcess } from '../../main/training/supervisor.ts';
import { PAGE_ROWS } from '../../main/training/result-pages.ts';
import type { JobMessage } from '../../shared/jobs/messages.ts';

/** More than go into two messages. */
const MANY = 4100;

let folder: string;
let picture: { path: string; sha256: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-jobs-'));
  const bytes = await sharp(new Uint8Array(3 * 8 * 8), { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer();
  picture = { path: join(folder, 'one.png'), sha256: createHash('sha256').update(bytes).digest('hex') };
  await writeFile(picture.path, bytes);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const linking = (dir: string): WriteFoldersJob => ({
  kind: 'write-folders',
  bits16: 16,
  dir: join(folder, dir),
  link: true,
  pictures: Array.from({ length: MANY }, (_, n) => ({ ...picture, target: `${n}.png` })),
});

describe('a job with more pictures than go into one message', () => {
  it('gets all of them, and returns them in pages', async () => {
    const received: JobMessage[] = [];
    const spawn = (): JobProcess => {
      const child = spawnNodeProcess();
      child.onMessage((message) => received.push(message as JobMessage));
      return child;
    };
    const { written, leftOut } = await runJob(linking('all'), { spawn });
    expect(await readdir(join(folder, 'all'))).toHaveLength(MANY);
    expect(written.map(({ target }) => target)).toEqual(Array.from({ length: MANY }, (_, n) => `${n}.png`));
    expect(leftOut).toEqual([]);
    const pages = received.flatMap((message) => (message.type === 'page' ? [message.page] : []));
    expect(pages.map(({ field, rows }) => [field, rows.length])).toEqual([
      ['written', PAGE_ROWS],
      ['written', PAGE_ROWS],
      ['written', MANY - 2 * PAGE_ROWS],
    ]);
    expect(received.at(-1)).toMatchObject({ type: 'done', result: { written: [] } });
  });

  it('can be cancelled before it has all of them', async () => {
    const cancel = new AbortController();
    const { result } = startJob(linking('cancelled'), { spawn: spawnNodeProcess, signal: cancel.signal });
    cancel.abort();
    await expect(result).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is ended at once', async () => {
    const kill = new AbortController();
    const { result } = startJob(linking('killed'), { spawn: spawnNodeProcess, killSignal: kill.signal });
    kill.abort();
    await expect(result).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('Stopped') as string,
    });
  });
});
