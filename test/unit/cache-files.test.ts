import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCacheInUse, markCacheUse } from '../../main/files/cache-marks.ts';
import { clearCache, measureCache, trimCache } from '../../main/library/cache/cache.ts';
import { cacheChangedMs, listCache, oldestOver } from '../../main/library/cache/cache-files.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'twofold-cache-'));
});

afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** A file of the cache that was written and read so many days ago. */
function add(name: string, bytes: number, writtenDaysAgo: number, readDaysAgo = writtenDaysAgo): string {
  const file = path.join(cache, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, new Uint8Array(bytes));
  const at = (days: number): Date => new Date(Date.UTC(2026, 0, 100) - days * 86_400_000);
  utimesSync(file, at(readDaysAgo), at(writtenDaysAgo));
  return file;
}

describe('the size of a cache', () => {
  it('is counted by kind, also of folders that are not known', async () => {
    add('thumbnails/ab/abcd', 10, 1);
    add('pixels/cd/cdef', 200, 1);
    add('features/ef/ef01', 3000, 1);
    add('features/01/0123', 3000, 1);
    add('index/model/0-1.vectors', 40_000, 1);
    add('duplicates/model.safetensors', 500_000, 1);
    add('out-of-fold/run/fold-0.json', 6_000_000, 1);
    writeFileSync(path.join(cache, 'library-check.json'), 'a note, which does not count');
    const { kinds, total } = await measureCache(cache);
    expect(kinds).toEqual({
      thumbnails: { files: 1, bytes: 10 },
      pixels: { files: 1, bytes: 200 },
      features: { files: 2, bytes: 6000 },
      index: { files: 2, bytes: 540_000 },
      other: { files: 1, bytes: 6_000_000 },
    });
    expect(total).toEqual({ files: 7, bytes: 6_546_210 });
  });

  it('is nothing where there is no cache', async () => {
    const { total } = await measureCache(path.join(cache, 'missing'));
    expect(total).toEqual({ files: 0, bytes: 0 });
  });

  it('changes the time of the cache when a file comes or goes', () => {
    expect(cacheChangedMs(cache)).toBe(0);
    const file = add('features/ab/abcd', 10, 1);
    const folder = path.dirname(file);
    utimesSync(folder, 1000, 1000);
    utimesSync(path.dirname(folder), 1000, 1000);
    const before = cacheChangedMs(cache);
    rmSync(file);
    expect(cacheChangedMs(cache)).toBeGreaterThan(before);
  });
});

describe('trimming a cache', () => {
  it('removes what was not used for the longest time, read or written, and no more than needed', async () => {
    const [old, older, read] = [
      add('features/aa/a', 400, 5),
      add('pixels/bb/b', 300, 9),
      add('thumbnails/cc/c', 200, 30, 2),
    ];
    const recent = add('features/dd/d', 100, 1);
    const { usage, removed } = (await trimCache(cache, 650))!;
    expect(removed).toEqual({ files: 2, bytes: 700 });
    expect(usage.total).toEqual({ files: 2, bytes: 300 });
    expect([old, older, read, recent].map((file) => existsSync(file))).toEqual([false, false, true, true]);
  });

  it('removes nothing from a cache within its limit', async () => {
    add('features/aa/a', 400, 5);
    expect((await trimCache(cache, 400))?.removed.files).toBe(0);
  });

  it('keeps the index, also where it is the oldest and larger than the limit', () => {
    add('index/model/0-1.vectors', 5000, 90);
    const file = add('features/aa/a', 400, 1);
    expect(oldestOver(listCache(cache), 1000).map((each) => each.path)).toEqual([file]);
  });

  it('waits for a job that uses the cache, but not for one that was killed', async () => {
    const file = add('features/aa/a', 400, 5);
    const end = markCacheUse(cache);
    expect(isCacheInUse(cache)).toBe(true);
    expect(await trimCache(cache, 1)).toBeNull();
    await expect(clearCache(cache, ['features'])).rejects.toMatchObject({ code: 'busy' });
    expect(existsSync(file)).toBe(true);
    end();
    expect(isCacheInUse(cache)).toBe(false);
    // A process that can't exist: ids end at 4,194,304 on Linux.
    writeFileSync(path.join(cache, 'jobs', 'killed'), `${hostname()}:4999999`);
    expect((await clearCache(cache, ['features'])).removed).toEqual({ files: 1, bytes: 400 });
    expect(existsSync(file)).toBe(false);
  });
});

describe('clearing a cache', () => {
  it('removes the chosen kinds only', async () => {
    const kept = [add('thumbnails/aa/a', 1, 1), add('index/model/0-1.vectors', 1, 1)];
    const gone = [add('features/aa/a', 1, 1), add('pixels/aa/a', 1, 1)];
    await clearCache(cache, ['features', 'pixels']);
    expect(kept.map((file) => existsSync(file))).toEqual([true, true]);
    expect(gone.map((file) => existsSync(file))).toEqual([false, false]);
  });

  it('can be cancelled', async () => {
    for (let file = 0; file < 50; file++) add(`features/aa/${file}`, 1, 1);
    await expect(clearCache(cache, ['features'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
