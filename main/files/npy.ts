import { TwofoldError } from '../../shared/errors.ts';
import { writeAtomically } from './atomic-file.ts';

/** The header is padded so that the values start at a multiple of this (NumPy's format, version 1.0). */
const ALIGNMENT = 64;

/**
 * Writes float32 rows as a NumPy `.npy` file (format version 1.0, little-endian, C order), which `numpy.load` reads. The
 * file appears when it is complete.
 *
 * @param maxRows an upper bound, which decides the room kept for the header
 * @param write passes one or more whole rows at a time to `append`
 * @returns the shape written, [rows, ...rowShape]
 */
export function writeNpy(
  path: string,
  maxRows: number,
  rowShape: readonly number[],
  write: (append: (values: Float32Array) => Promise<void>) => Promise<void>,
): Promise<number[]> {
  const rowSize = rowShape.reduce((a, b) => a * b, 1);
  const headerBytes = npyHeader([maxRows, ...rowShape]).length;
  return writeAtomically(path, async (file) => {
    let rows = 0;
    await write(async (values) => {
      if (values.length % rowSize !== 0) {
        throw new TwofoldError(
          'internal',
          `Expected whole rows of ${rowSize} values, received ${values.length} values.`,
        );
      }
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      await file.write(bytes, 0, bytes.length, headerBytes + rows * rowSize * 4);
      rows += values.length / rowSize;
    });
    const shape = [rows, ...rowShape];
    await file.write(npyHeader(shape, headerBytes), 0, headerBytes, 0);
    return shape;
  });
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
