/**
 * Files of named arrays in the safetensors format (https://github.com/huggingface/safetensors, section "Format"): the length
 * of the header in eight bytes, the header as JSON, then the values of each array, little-endian and row-major. Large arrays
 * are written and read in pieces, so that memory holds no second copy.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { TwofoldError } from '../../shared/errors.ts';
import { writeAtomically } from './atomic-file.ts';

const BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type ValueType = keyof typeof BYTES;

const MAX_HEADER_BYTES = 100_000_000;
const PIECE_BYTES = 8 * 1024 * 1024;
/** Node refuses to read more than 2 GiB at once. */
const MAX_READ_BYTES = 1024 ** 3;

/** An array to write. */
export interface TensorSource {
  name: string;
  type: ValueType;
  shape: readonly number[];
  /** The values in order, in pieces of any length; called once, when it is this array's turn. */
  pieces: () => Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;
}

/** Where an array is stored in a file. */
export interface TensorEntry {
  type: ValueType;
  shape: readonly number[];
  sizeBytes: number;
  /** From the start of the file. */
  startBytes: number;
}

/** An array in memory as a source. */
export function tensorSource(name: string, shape: readonly number[], values: Float32Array): TensorSource {
  return { name, type: 'F32', shape, pieces: () => [values] };
}

/**
 * Writes the arrays to `path` atomically: on any failure (such as a full disk) an existing file is kept and nothing is left
 * behind. What `pieces` reads must not change before the promise settles.
 *
 * @param metadata free text about the whole file
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomically(path, async (file) => {
    await file.writeFile(header(tensors, metadata));
    for (const tensor of tensors) {
      let written = 0;
      for await (const piece of tensor.pieces()) {
        await file.writeFile(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
        written += piece.byteLength;
      }
      if (written !== sizeOf(tensor.type, tensor.shape)) {
        throw new TwofoldError(
          'internal',
          `Array "${tensor.name}" has ${written} bytes instead of the ${sizeOf(tensor.type, tensor.shape)} of its shape [${tensor.shape.join(', ')}].`,
        );
      }
    }
  });
}

function header(tensors: readonly TensorSource[], metadata: Readonly<Record<string, string>>): Buffer {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, type, shape } of tensors) {
    if (Object.hasOwn(entries, name)) throw new TwofoldError('internal', `Two arrays are named "${name}".`);
    const end = offset + sizeOf(type, shape);
    entries[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(entries));
  // Padded with spaces, so that the values are aligned for readers that map the file.
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  json.copy(bytes, 8);
  return bytes;
}

function sizeOf(type: ValueType, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, BYTES[type]);
}

/** An open file of named arrays. Close it after use. */
export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    readonly metadata: Readonly<Record<string, string>>,
    readonly tensors: ReadonlyMap<string, TensorEntry>,
  ) {}

  /**
   * Reads and checks the header: types, shapes and offsets must agree and account for every byte of the file.
   *
   * @throws TwofoldError `corrupt` when they do not, as in a truncated file; `not-found`
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await open(path, 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new TwofoldError('not-found', `${path} does not exist.`, { cause: error });
    });
    try {
      const { metadata, tensors } = await readHeader(path, file);
      return new SafetensorsFile(path, file, metadata, tensors);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The entry of an array. @throws TwofoldError `corrupt` when it is missing */
  entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (!entry) throw corrupt(this.path, `the array "${name}" is missing`);
    return entry;
  }

  /** A copy of the bytes of an array. */
  async bytes(name: string): Promise<Uint8Array> {
    const { startBytes, sizeBytes } = this.entry(name);
    const bytes = new Uint8Array(sizeBytes);
    await readFully(this.path, this.file, bytes, startBytes);
    return bytes;
  }

  /** The values of a float32 array. @param shape checked where given */
  async floats(name: string, shape?: readonly number[]): Promise<Float32Array> {
    this.expect(name, 'F32', shape);
    return new Float32Array((await this.bytes(name)).buffer);
  }

  /**
   * The values of a float32 array in pieces, in order, for arrays too large to have in memory twice.
   *
   * @param length values per piece; the last may be shorter
   */
  async *pieces(name: string, length = PIECE_BYTES / 4): AsyncGenerator<Float32Array> {
    const { startBytes, sizeBytes } = this.expect(name, 'F32');
    for (let done = 0; done < sizeBytes; done += length * 4) {
      const piece = new Float32Array(Math.min(length, (sizeBytes - done) / 4));
      await readFully(this.path, this.file, new Uint8Array(piece.buffer), startBytes + done);
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private expect(name: string, type: ValueType, shape?: readonly number[]): TensorEntry {
    const entry = this.entry(name);
    const same =
      !shape || (shape.length === entry.shape.length && shape.every((n, i) => n === entry.shape[i]));
    if (entry.type !== type || !same) {
      throw corrupt(
        this.path,
        `the array "${name}" is ${entry.type} [${entry.shape.join(', ')}], expected ${type}${shape ? ` [${shape.join(', ')}]` : ''}`,
      );
    }
    return entry;
  }
}

const size = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()).default({}) }).catchall(
  z.object({
    dtype: z.enum(Object.keys(BYTES) as [ValueType]),
    shape: z.array(size),
    data_offsets: z.tuple([size, size]),
  }),
);

async function readHeader(path: string, file: FileHandle) {
  const { size: fileBytes } = await file.stat();
  if (fileBytes < 8) throw corrupt(path, `it has only ${fileBytes} bytes`);
  const prefix = Buffer.alloc(8);
  await readFully(path, file, prefix, 0);
  const length = prefix.readBigUInt64LE();
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, fileBytes - 8))) {
    throw corrupt(path, `its header would be ${length.toString()} bytes long, the file has ${fileBytes}`);
  }
  const json = Buffer.alloc(Number(length));
  await readFully(path, file, json, 8);
  const { __metadata__: metadata, ...entries } = parseHeader(path, json.toString());

  const tensors = new Map<string, TensorEntry>();
  let expected = 0;
  const base = 8 + Number(length);
  const ordered = Object.entries(entries).sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  for (const [name, { dtype, shape, data_offsets }] of ordered) {
    const [start, end] = data_offsets;
    const sizeBytes = sizeOf(dtype, shape);
    if (start !== expected || end - start !== sizeBytes) {
      throw corrupt(
        path,
        `the array "${name}" should take ${sizeBytes} bytes from ${expected}, not ${start}–${end}`,
      );
    }
    tensors.set(name, { type: dtype, shape, sizeBytes, startBytes: base + start });
    expected = end;
  }
  if (base + expected !== fileBytes) {
    throw corrupt(path, `it has ${fileBytes} bytes, its header describes ${base + expected}`);
  }
  return { metadata, tensors };
}

function parseHeader(path: string, json: string): z.infer<typeof headerSchema> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw corrupt(path, 'its header is not JSON', cause);
  }
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw corrupt(path, 'its header does not describe arrays', parsed.error);
  return parsed.data;
}

async function readFully(
  path: string,
  file: FileHandle,
  target: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const length = Math.min(target.length - done, MAX_READ_BYTES);
    const { bytesRead } = await file.read(target, done, length, position + done);
    if (bytesRead === 0) throw corrupt(path, 'it ends too early');
    done += bytesRead;
  }
}

function corrupt(path: string, reason: string, cause?: unknown): TwofoldError {
  return new TwofoldError(
    'corrupt',
    `${path} is damaged: ${reason}. Restore it from a backup or create it again.`,
    cause === undefined ? {} : { cause },
  );
}
