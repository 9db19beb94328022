import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../files/atomic-file.ts';
import { finishAsync, type AsyncSteps } from '../support/steps.ts';
import type { Matrix } from './matrix.ts';
import { RowBlocks } from './row-blocks.ts';

const HASH_BYTES = 32;
const CHECKSUM_BYTES = 4;
const ENDING = '.vectors';
/** Records per read. */
const RECORDS_AT_ONCE = 256;
/** Number of files from which on they are merged into one, since each job adds one. */
const MOST_FILES = 8;

/**
 * Vectors of pictures by the SHA-256 of their content, in a cache folder that may be deleted at any time. Each writer
 * appends to its own file records of hash, float32 vector and CRC-32. Truncated or damaged records count as missing, so
 * a killed writer loses at most one. Several processes may read and write at once.
 */
export class VectorStore {
  /**
   * @param dir folder of the vectors of one model; created by the first write
   * @param width length of a vector
   */
  constructor(
    private readonly dir: string,
    readonly width: number,
  ) {}

  /** Reads every vector. @returns rows in the order of `hashes`, which are 64 lower-case hexadecimal digits */
  async read(): Promise<{ hashes: string[]; matrix: Matrix }> {
    const rowOfHash = new Map<string, number>();
    const vectors = new RowBlocks(this.width);
    const reading = this.reader().more((hash, vector) => {
      const known = rowOfHash.get(hash);
      if (known === undefined) rowOfHash.set(hash, vectors.push(vector));
      else vectors.row(known).set(vector);
    });
    await finishAsync(reading);
    const hashes = [...rowOfHash.keys()];
    return { hashes, matrix: vectors.take(hashes.map((_, row) => row)) };
  }

  /** A reader that reads the vectors incrementally. */
  reader(): VectorReader {
    return new VectorReader(this.dir, this.width);
  }

  /** Creates a file to append to. Close it after use. */
  async writer(): Promise<VectorWriter> {
    await mkdir(this.dir, { recursive: true });
    await this.#join();
    const path = join(this.dir, `${Date.now()}-${process.pid}${ENDING}`);
    return new VectorWriter(await open(path, 'a'), this.width);
  }

  /** Merges the files if there are many. Vectors that another process appends meanwhile are computed again later. */
  async #join(): Promise<void> {
    const files = await filesIn(this.dir);
    if (files.length < MOST_FILES) return;
    const joined = join(this.dir, `0-${process.pid}${ENDING}`);
    await writeAtomically(joined, async (handle) => {
      for (const name of files) {
        const content = await readFile(join(this.dir, name)).catch(ignoreMissing);
        if (content) for (const record of soundRecords(content, this.width)) await handle.writeFile(record);
      }
    });
    for (const name of files)
      if (join(this.dir, name) !== joined) await rm(join(this.dir, name), { force: true });
  }
}

/**
 * Reads a store incrementally: each time only the records appended since the last, some at a time, to need no more
 * memory than the vectors.
 */
export class VectorReader {
  /** Bytes read of each file. */
  readonly #read = new Map<string, number>();

  constructor(
    private readonly dir: string,
    private readonly width: number,
  ) {}

  /**
   * Reads new records.
   *
   * @param found called with each vector, which is overwritten afterwards; repeats vectors after files were merged
   * @yields after each read of a file
   */
  async *more(found: (hash: string, vector: Float32Array) => void): AsyncSteps<void> {
    const size = recordBytes(this.width);
    const buffer = Buffer.alloc(size * RECORDS_AT_ONCE);
    // Copied, since a Float32Array must be aligned to 4 bytes.
    const vector = new Float32Array(this.width);
    const bytes = Buffer.from(vector.buffer);
    for (const name of await filesIn(this.dir)) {
      const file = await open(join(this.dir, name)).catch(ignoreMissing);
      if (!file) continue;
      try {
        for (let at = this.#read.get(name) ?? 0; ;) {
          const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
          const whole = bytesRead - (bytesRead % size);
          for (const record of soundRecords(buffer.subarray(0, whole), this.width)) {
            bytes.set(record.subarray(HASH_BYTES, HASH_BYTES + 4 * this.width));
            found(record.toString('hex', 0, HASH_BYTES), vector);
          }
          at += whole;
          this.#read.set(name, at);
          if (whole === 0) break;
          yield;
        }
      } finally {
        await file.close();
      }
    }
  }
}

/** Appends vectors. A partly written record counts as missing. */
export class VectorWriter {
  constructor(
    private readonly file: FileHandle,
    private readonly width: number,
  ) {}

  /** @param hashes 64 hexadecimal digits each @param vectors [hashes, width] */
  async append(hashes: readonly string[], vectors: Float32Array): Promise<void> {
    const records = hashes.map((hash, row) => {
      const values = vectors.subarray(row * this.width, (row + 1) * this.width);
      const body = Buffer.concat([
        Buffer.from(hash, 'hex'),
        Buffer.from(values.buffer, values.byteOffset, values.byteLength),
      ]);
      const checksum = Buffer.alloc(CHECKSUM_BYTES);
      checksum.writeUInt32LE(crc32(body));
      return Buffer.concat([body, checksum]);
    });
    await this.file.writeFile(Buffer.concat(records));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const recordBytes = (width: number): number => HASH_BYTES + 4 * width + CHECKSUM_BYTES;

function* soundRecords(content: Buffer, width: number): Generator<Buffer> {
  const size = recordBytes(width);
  for (let at = 0; at + size <= content.length; at += size) {
    const record = content.subarray(at, at + size);
    const body = record.subarray(0, size - CHECKSUM_BYTES);
    if (record.readUInt32LE(size - CHECKSUM_BYTES) === crc32(body)) yield record;
  }
}

async function filesIn(dir: string): Promise<string[]> {
  const names = (await readdir(dir).catch(ignoreMissing)) ?? [];
  return names.filter((name) => name.endsWith(ENDING)).sort();
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
