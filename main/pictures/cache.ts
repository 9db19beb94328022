import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { replaceFileSync } from '../files/atomic-file.ts';

/** Bytes before the content: magic (8), length (4), CRC-32 of the content (4), both little-endian. */
const HEADER_BYTES = 16;
/** The last character is the version of the file format. */
const MAGIC = Buffer.from('TWOFOLD1', 'latin1');
const MAX_BYTES = 0xffff_ffff;

/**
 * A cache of blobs in a folder, one file each, checked by length and CRC-32. The folder may be deleted at any time,
 * even while in use. A damaged entry counts as missing and is removed. Nothing is synced to the disk. Several threads
 * and processes may share a folder, since entries are written atomically.
 *
 * All calls are synchronous: a read takes about 50 µs, less than a round trip through the thread pool.
 */
export class BlobCache {
  constructor(readonly dir: string) {}

  /** The blob, aligned to 16 bytes; undefined if missing or damaged. */
  get(key: string): Uint8Array | undefined {
    const path = this.path(key);
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return undefined;
    }
    let content: Uint8Array | undefined;
    try {
      content = readChecked(file);
    } catch {
      content = undefined; // a disk error, or a folder in the file's place
    } finally {
      closeSync(file);
    }
    if (!content) rmSync(path, { force: true, recursive: true });
    return content;
  }

  /** Whether there is an entry. Does not check whether it is damaged. */
  has(key: string): boolean {
    return statSync(this.path(key), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  /**
   * Writes or replaces an entry atomically.
   *
   * @throws the file system's error, such as ENOSPC
   */
  put(key: string, bytes: Uint8Array): void {
    if (bytes.length > MAX_BYTES) throw new RangeError(`a blob has at most 4 GB, not ${bytes.length} bytes`);
    const path = this.path(key);
    // In one piece: a call takes longer than copying 100 kB.
    const entry = Buffer.allocUnsafeSlow(HEADER_BYTES + bytes.length);
    MAGIC.copy(entry);
    entry.writeUInt32LE(bytes.length, 8);
    entry.writeUInt32LE(crc32(bytes), 12);
    entry.set(bytes, HEADER_BYTES);
    const write = (temporary: string): void => {
      const file = openForWriting(temporary);
      try {
        writeAll(file, entry);
      } finally {
        closeSync(file);
      }
    };
    replaceFileSync(path, write, { durable: false });
  }

  /** `put` that ignores errors such as a full or read-only disk. @returns whether the entry was written */
  tryPut(key: string, bytes: Uint8Array): boolean {
    try {
      this.put(key, bytes);
      return true;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code !== 'string' || !FORGIVEN.has(code)) throw error;
      return false;
    }
  }

  /** In sub-folders, since 100,000 files in one folder slow down file managers and some file systems. */
  private path(key: string): string {
    if (!/^[0-9a-z][0-9a-z._-]{3,199}$/.test(key)) throw new RangeError(`not a cache key: ${key}`);
    return join(this.dir, key.slice(0, 2), key);
  }
}

/** Disk full, over quota, read-only, entry open elsewhere (Windows), or folder just deleted. */
const FORGIVEN = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EBUSY', 'ENOENT']);

/**
 * A cache key derived from everything the content depends on; the same on every machine.
 *
 * @returns 64 hexadecimal digits
 */
export function cacheKey(...parts: readonly (string | number | boolean)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function readChecked(file: number): Uint8Array | undefined {
  const size = fstatSync(file).size;
  if (size < HEADER_BYTES || size > HEADER_BYTES + MAX_BYTES) return undefined;
  const all = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = readSync(file, all, at, size - at, at);
    if (count === 0) return undefined;
    at += count;
  }
  const view = new DataView(all.buffer);
  if (!MAGIC.equals(all.subarray(0, MAGIC.length))) return undefined;
  const content = all.subarray(HEADER_BYTES);
  if (view.getUint32(8, true) !== content.length || view.getUint32(12, true) !== crc32(content)) {
    return undefined;
  }
  return content;
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    mkdirSync(join(path, '..'), { recursive: true });
    return openSync(path, 'wx');
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
