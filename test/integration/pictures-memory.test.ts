import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUDGET_BYTES, BYTES_A_PIXEL, newBudget, PixelBudget, processBudget, releaseThread, TaskCancelled } from '../../main/pictures/budget.ts'; // prettier-ignore
import { isOutOfMemory } from '../../main/pictures/formats/errors.ts';
import { PicturePool } from '../../main/pictures/pool.ts';
import { sharp } from '../../main/pictures/sharp.ts';

const dir = mkdtempSync(join(tmpdir(), 'twofold-memory-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A white picture that takes little room as a file. */
async function picture(name: string, width: number, height: number): Promise<string> {
  const path = join(dir, name);
  const raw = { width, height, channels: 1 } as const;
  const png = await sharp(Buffer.alloc(width * height, 255), { raw, limitInputPixels: false })
    .png({ palette: true, colours: 2, effort: 1, compressionLevel: 1 })
    .toBuffer();
  writeFileSync(path, png);
  return path;
}
let small = '';
beforeAll(async () => {
  small = await picture('small.png', 20, 10);
});

describe('the budget', () => {
  const limit = 1000 * BYTES_A_PIXEL * 1024;
  const pixels = 1000 * 1024;
  const never = () => true; // asked only where it would have to wait

  test('lets pictures in while they fit, and one of any size when there is no other', () => {
    const memory = newBudget();
    const [first, second] = [new PixelBudget(memory, 1, limit), new PixelBudget(memory, 2, limit)];
    first.take(pixels * 0.6);
    second.take(pixels * 0.4);
    expect(() => new PixelBudget(memory, 3, limit).take(1, never)).toThrow(TaskCancelled);
    first.release();
    first.take(pixels * 0.5);
    first.release();
    second.release();
    expect(memory[0]).toBe(0);
    first.take(pixels * 50);
    expect(() => second.take(1, never)).toThrow(TaskCancelled);
    first.release();
    second.take(1);
  });

  test('releases what a dead thread held', () => {
    const memory = newBudget();
    new PixelBudget(memory, 7, limit).take(pixels);
    releaseThread(memory, 7);
    expect(memory[0]).toBe(0);
    releaseThread(memory, 7);
    new PixelBudget(memory, 8, limit).take(pixels, never);
  });
});

test('threads of several pools stay within it together, and all pictures are read', async () => {
  const large = await picture('large.png', 6000, 6000);
  const pools = [new PicturePool({ threads: 2 }), new PicturePool({ threads: 2 })];
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, Atomics.load(processBudget(), 0) * 1024)), 2);
  try {
    const answers = await Promise.all(
      pools.flatMap((pool) => Array.from({ length: 4 }, () => pool.inspect(large))),
    );
    expect(answers.map((answer) => answer.ok)).toEqual(new Array(8).fill(true));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(BUDGET_BYTES);
    expect(Atomics.load(processBudget(), 0)).toBe(0);
  } finally {
    clearInterval(look);
    await Promise.all(pools.map((pool) => pool.close()));
  }
}, 120_000);

test('a thread waiting for its turn is cancelled, and the pool stays usable', async () => {
  const pool = new PicturePool({ threads: 1 });
  const holder = new PixelBudget(processBudget(), 1_000_000);
  holder.take(BUDGET_BYTES / BYTES_A_PIXEL);
  try {
    const abort = new AbortController();
    const waiting = pool.inspect(small, {}, abort.signal);
    setTimeout(() => abort.abort(), 300);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    const next = pool.inspect(small);
    holder.release();
    expect(await next).toMatchObject({ ok: true });
  } finally {
    holder.release();
    await pool.close();
  }
}, 60_000);

test('a thread that read a huge picture is replaced', async () => {
  const huge = await picture('huge.png', 8000, 8000);
  const pool = new PicturePool({ threads: 1 });
  try {
    const answers = await Promise.all([huge, small, huge, small, small].map((path) => pool.inspect(path)));
    expect(answers.map((answer) => answer.ok)).toEqual(new Array(5).fill(true));
  } finally {
    await pool.close();
  }
}, 120_000);

test('running out of memory is distinguished from damage', () => {
  expect(isOutOfMemory(new Error('vips_image_write_to_memory: out of memory -- size == 1904MB'))).toBe(true);
  let impossible: unknown;
  try {
    new Uint8Array(Number.MAX_SAFE_INTEGER);
  } catch (error) {
    impossible = error;
  }
  expect(isOutOfMemory(impossible)).toBe(true);
  expect(isOutOfMemory(new Error('VipsJpeg: premature end'))).toBe(false);
});
