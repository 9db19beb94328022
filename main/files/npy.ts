import { open, rename, rm } from 'node:fs/promises';
import { TwofoldError } from '../../shared/errors.ts';

/** The header is padded so that the values start at a multiple of this (NumPy's format, version 1.0). */
const ALIGNMENT = 64;

/**
 * Writes float32 rows one after the other as a NumPy `.npy` file (format version 1.0, little-endian, C order), which
 * `numpy.load` reads. The file appears under its name only when it is complete.
 */
export class NpyWriter {
  #rows = 0;

  private constructor(
    private readonly path: string,
    private readonly rowShape: readonly number[],
    private readonly file: Awaited<ReturnType<typeof open>>,
    private readonly headerBytes: number,
  ) {}

  /** @param rows an upper bound of the rows to come; it decides the room kept for the header */
  static async create(path: string, rows: number, rowShape: readonly number[]): Promise<NpyWriter> {
    const file = await open(`${path}.part`, 'w');
    const header = npyHeader([rows, ...rowShape]);
    await file.write(header, 0, header.length, 0);
    return new NpyWriter(path, rowShape, file, header.length);
  }

  /** @param values one or more whole rows */
  async append(values: Float32Array): Promise<void> {
    const rowSize = this.rowShape.reduce((a, b) => a * b, 1);
    if (values.length % rowSize !== 0) {
      throw new TwofoldError(
        'internal',
        `Expected whole rows of ${rowSize} values, received ${values.length} values.`,
      );
    }
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    await this.file.write(bytes, 0, bytes.length, this.headerBytes + this.#rows * rowSize * 4);
    this.#rows += values.length / rowSize;
  }

  /** @returns the shape written, [rows, ...rowShape] */
  async finish(): Promise<number[]> {
    const shape = [this.#rows, ...this.rowShape];
    const header = npyHeader(shape, this.headerBytes);
    await this.file.write(header, 0, header.length, 0);
    await this.file.sync();
    await this.file.close();
    await rename(`${this.path}.part`, this.path);
    return shape;
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(`${this.path}.part`, { force: true });
  }
}

function npyHeader(shape: readonly number[], length?: number): Buffer {
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const preamble = 10;
  const total = length ?? Math.ceil((preamble + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(total, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(total - preamble, 8);
  header.write(dict, preamble, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return header;
}
