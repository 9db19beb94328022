import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../files/atomic-file.ts';
import type { Matrix } from './matrix.ts';

const HASH_BYTES = 32;
const CHECKSUM_BYTES = 4;
const ENDING = '.vectors';
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

  get #recordBytes(): number {
    return HASH_BYTES + 4 * this.width + CHECKSUM_BYTES;
  }

  /** Reads every vector. @returns rows in the order of `hashes`, which are 64 lower-case hexadecimal digits */
  async read(): Promise<{ hashes: string[]; matrix: Matrix }> {
    const rows = new Map<string, Float32Array>();
    for (const name of await this.#files()) {
      const content = await readFile(join(this.dir, name)).catch(ignoreMissing);
      if (content) for (const [hash, vector] of this.#records(content)) rows.set(hash, vector);
    }
    const data = new Float32Array(rows.size * this.width);
    let row = 0;
    for (const vector of rows.values()) data.set(vector, row++ * this.width);
    return { hashes: [...rows.keys()], matrix: { rows: rows.size, width: this.width, data } };
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
    const files = await this.#files();
    if (files.length < MOST_FILES) return;
    const joined = join(this.dir, `0-${process.pid}${ENDING}`);
    await writeAtomically(joined, async (handle) => {
      for (const name of files) {
        const content = await readFile(join(this.dir, name)).catch(ignoreMissing);
        if (content) for (const record of this.#sound(content)) await handle.writeFile(record);
      }
    });
    for (const name of files)
      if (join(this.dir, name) !== joined) await rm(join(this.dir, name), { force: true });
  }

  async #files(): Promise<string[]> {
    const names = (await readdir(this.dir).catch(ignoreMissing)) ?? [];
    return names.filter((name) => name.endsWith(ENDING)).sort();
  }

  *#sound(content: Buffer): Generator<Buffer> {
    const size = this.#recordBytes;
    for (let at = 0; at + size <= content.length; at += size) {
      const record = content.subarray(at, at + size);
      const body = record.subarray(0, size - CHECKSUM_BYTES);
      if (record.readUInt32LE(size - CHECKSUM_BYTES) === crc32(body)) yield record;
    }
  }

  *#records(content: Buffer): Generator<[hash: string, vector: Float32Array]> {
    for (const record of this.#sound(content)) {
      // Copied, since a float32 must lie at a multiple of 4 bytes.
      const vector = new Float32Array(this.width);
      Buffer.from(vector.buffer).set(record.subarray(HASH_BYTES, HASH_BYTES + 4 * this.width));
      yield [record.toString('hex', 0, HASH_BYTES), vector];
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

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
