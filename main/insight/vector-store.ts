import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../files/atomic-file.ts';
import type { Matrix } from './matrix.ts';
import { RowBlocks } from './row-blocks.ts';

const HASH_BYTES = 32;
const CHECKSUM_BYTES = 4;
const ENDING = '.vectors';
/** Read in one go. */
const RECORDS_AT_ONCE = 256;
/** Files that are joined into one, since each job adds one. */
const MOST_FILES = 8;

/**
 * Vectors of pictures by the SHA-256 of their content, in a folder of a cache that may be deleted at any time. Each
 * writer appends to a file of its own: records of hash, float32 vector and CRC-32. A record that was cut short or damaged
 * counts as missing, so that a killed writer loses one vector at most; several processes may read and write at once.
 */
export class VectorStore {
  /**
   * @param dir of the vectors of one model; made when something is written
   * @param width of a vector
   */
  constructor(
    private readonly dir: string,
    readonly width: number,
  ) {}

  /** Reads every vector. @returns rows in the order of `hashes`, which are 64 lower-case hexadecimal digits */
  async read(): Promise<{ hashes: string[]; matrix: Matrix }> {
    const rowOfHash = new Map<string, number>();
    const vectors = new RowBlocks(this.width);
    await this.reader().more((hash, vector) => {
      const known = rowOfHash.get(hash);
      if (known === undefined) rowOfHash.set(hash, vectors.push(vector));
      else vectors.row(known).set(vector);
    });
    const hashes = [...rowOfHash.keys()];
    return { hashes, matrix: vectors.take(hashes.map((_, row) => row)) };
  }

  /** Reads the vectors bit by bit. */
  reader(): VectorReader {
    return new VectorReader(this.dir, this.width);
  }

  /** Starts a file to append to. Close it. */
  async writer(): Promise<VectorWriter> {
    await mkdir(this.dir, { recursive: true });
    await this.#join();
    const path = join(this.dir, `${Date.now()}-${process.pid}${ENDING}`);
    return new VectorWriter(await open(path, 'a'), this.width);
  }

  /** Joins the files where there are many. What another process appends meanwhile is made again later. */
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
 * Reads a store, each time only what was appended since the last, some records at once: the whole index takes as much
 * memory as its vectors.
 */
export class VectorReader {
  /** Bytes read of each file. */
  readonly #read = new Map<string, number>();

  constructor(
    private readonly dir: string,
    private readonly width: number,
  ) {}

  /** @param found called with each vector; it is overwritten afterwards, and comes again where files were joined */
  async more(found: (hash: string, vector: Float32Array) => void): Promise<void> {
    const size = recordBytes(this.width);
    const buffer = Buffer.alloc(size * RECORDS_AT_ONCE);
    // Copied, since a float32 must lie at a multiple of 4 bytes.
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
        }
      } finally {
        await file.close();
      }
    }
  }
}

/** Appends vectors; a record is there whole or not at all. */
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
