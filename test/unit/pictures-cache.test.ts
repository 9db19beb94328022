import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { BlobCache, cacheKey } from '../../main/pictures/cache.ts';
import { hashFile, sha256 } from '../../main/pictures/hash.ts';

const root = mkdtempSync(join(tmpdir(), 'twofold-cache-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let dir = '';
let cache = new BlobCache(root);
beforeEach(() => {
  dir = mkdtempSync(join(root, 'c-'));
  cache = new BlobCache(dir);
});
const key = cacheKey('test', 1);
const fileOf = (name: string) => join(dir, name.slice(0, 2), name);

describe('BlobCache', () => {
  test('gives back what was put, aligned for any typed array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        cache.put(key, bytes);
        const got = cache.get(key);
        expect(got).toEqual(bytes);
        expect(got!.byteOffset % 16).toBe(0);
      }),
      { numRuns: 50 },
    );
    const floats = Float32Array.of(1.5, -2, 3e7);
    cache.put(key, new Uint8Array(floats.buffer));
    const { buffer, byteOffset } = cache.get(key)!;
    expect(new Float32Array(buffer, byteOffset, 3)).toEqual(floats);
    expect(readdirSync(join(dir, key.slice(0, 2)))).toEqual([key]);
  });

  test('a missing entry is undefined', () => {
    expect(cache.get(key)).toBeUndefined();
    expect(cache.has(key)).toBe(false);
    expect(new BlobCache(join(dir, 'not', 'there')).get(key)).toBeUndefined();
  });

  test('a damaged entry counts as missing and is removed, whatever byte is wrong', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    cache.put(key, bytes);
    const sound = readFileSync(fileOf(key));
    for (let at = 0; at < sound.length; at++) {
      const damaged = Buffer.from(sound);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(fileOf(key), damaged);
      expect(cache.get(key), `byte ${at}`).toBeUndefined();
      expect(cache.has(key)).toBe(false);
    }
    for (const content of [
      sound.subarray(0, 99),
      sound.subarray(0, 5),
      Buffer.alloc(0),
      Buffer.concat([sound, Buffer.alloc(1)]),
    ]) {
      // prettier-ignore
      writeFileSync(fileOf(key), content);
      expect(cache.get(key)).toBeUndefined();
    }
    mkdirSync(fileOf(key));
    expect(cache.get(key)).toBeUndefined();
    cache.put(key, bytes);
    expect(cache.get(key)).toEqual(bytes);
  });

  test('the folder may be deleted while it is in use', () => {
    cache.put(key, Uint8Array.of(1));
    rmSync(dir, { recursive: true });
    expect(cache.get(key)).toBeUndefined();
    cache.put(key, Uint8Array.of(2));
    expect(cache.get(key)).toEqual(Uint8Array.of(2));
  });

  test('a full disk is an error for put, and false for tryPut', (context) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    } catch {
      context.skip('needs to mount a small disk, as root on Linux');
    }
    try {
      const large = new Uint8Array(200_000);
      expect(() => cache.put(key, large)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
      expect(cache.tryPut(key, large)).toBe(false);
      expect(readdirSync(join(dir, key.slice(0, 2)))).toEqual([]);
      expect(cache.tryPut(key, Uint8Array.of(1))).toBe(true);
    } finally {
      execFileSync('umount', [dir]);
    }
  });

  test('keys that would leave the folder are refused', () => {
    for (const bad of ['../../x', 'a/b', '', 'AB', '..ab']) expect(() => cache.get(bad)).toThrow(RangeError);
  });

  test('keys depend on every part and its place', () => {
    const keys = [
      cacheKey('a', 1),
      cacheKey('a', '1'),
      cacheKey('a1'),
      cacheKey(1, 'a'),
      cacheKey('a', 1, true),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(cacheKey('a', 1)).toBe(cacheKey('a', 1));
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('hashFile agrees with sha256 of the content', async () => {
  const content = Buffer.alloc(3_000_000, 'Twofold');
  const path = join(dir, 'file');
  writeFileSync(path, content);
  const hash = await hashFile(path);
  expect(hash).toMatchObject({ sha256: sha256(content), sizeBytes: 3_000_000 });
  expect(sha256(new Uint8Array(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
