import { TwofoldError } from '../../../shared/errors.ts';
import { truncated } from './errors.ts';
import type { SequentialScan } from './jpeg-scan.ts';

/** Frame headers (SOF); the other markers from C0 to CF are tables. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
const READABLE = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);
export const isFrame = (marker: number) => FRAMES.has(marker);

export interface JpegFrame {
  isProgressive: boolean;
  isArithmetic: boolean;
  components: Component[];
  /** Number of units (MCU) in a scan of several components. */
  units: number;
}

interface Component {
  id: number;
  /** Blocks of 8 × 8 samples per unit. */
  perUnit: number;
  /** Number of blocks of the whole picture in a scan of this component alone. */
  blocks: number;
  /** For each of the 64 coefficients: number of low bits that no scan has provided yet. */
  missingBits: Uint8Array;
}

/** Huffman tables by class (0: DC, 1: AC) and number. */
export type HuffmanTables = Map<number, Uint8Array>;
const tableKey = (kind: 0 | 1, id: number) => (kind << 4) | id;

/** Reads a frame header. @throws TwofoldError `unsupported` for rare coding processes, `bad-picture` if truncated */
export function readFrame(marker: number, segment: Buffer): JpegFrame {
  if (!READABLE.has(marker)) throw unsupported('of a rare kind (lossless or hierarchical)');
  if (segment.length < 6) throw truncated('jpeg');
  const [bits, height, width, count] = [
    segment[0]!,
    segment.readUInt16BE(1),
    segment.readUInt16BE(3),
    segment[5]!,
  ];
  if (bits !== 8) throw unsupported(`with ${bits} bits per sample`);
  if (height === 0) throw unsupported('whose height is stated after its pixels');
  if (segment.length < 6 + 3 * count) throw truncated('jpeg');
  const sampling = Array.from({ length: count }, (_, i) => {
    const both = segment[7 + 3 * i]!;
    return { id: segment[6 + 3 * i]!, h: both >> 4, v: both & 15 };
  });
  const [hMax, vMax] = [Math.max(...sampling.map(({ h }) => h)), Math.max(...sampling.map(({ v }) => v))];
  const blocks = (length: number, part: number, whole: number) =>
    Math.ceil(Math.ceil((length * part) / whole) / 8);
  return {
    isProgressive: marker === 0xc2 || marker === 0xca,
    isArithmetic: marker >= 0xc9,
    components: sampling.map(({ id, h, v }) => ({
      id,
      perUnit: h * v,
      blocks: blocks(width, h, hMax) * blocks(height, v, vMax),
      missingBits: new Uint8Array(64).fill(255),
    })),
    units: Math.ceil(width / (8 * hMax)) * Math.ceil(height / (8 * vMax)),
  };
}

/** Whether the scans so far provide every coefficient completely. */
export function isComplete(frame: JpegFrame): boolean {
  return frame.components.every(({ missingBits }) => missingBits.every((bits) => bits === 0));
}

/** Adds the tables of a DHT segment. */
export function readTables(segment: Buffer, tables: HuffmanTables): void {
  for (let at = 0; at + 17 <= segment.length;) {
    const symbols = segment.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    tables.set(segment[at]! & 0x1f, segment.subarray(at + 1, at + 17 + symbols));
    at += 17 + symbols;
  }
}

/**
 * Records in `frame` which coefficients a scan provides.
 *
 * @returns how to read its codes; null if they are not sequential Huffman codes, or the header is invalid
 */
export function readScanHeader(
  frame: JpegFrame,
  segment: Buffer,
  tables: HuffmanTables,
  restartInterval: number,
): SequentialScan | null {
  const count = segment[0] ?? 0;
  if (segment.length < scanParametersAt(segment) + 3) return null;
  const parameters = segment.subarray(scanParametersAt(segment));
  const [first, last, bits] = frame.isProgressive
    ? [parameters[0]!, parameters[1]!, parameters[2]! & 15]
    : [0, 63, 0];
  const blocks: SequentialScan['blocks'] = [];
  for (let i = 0; i < count; i++) {
    const component = frame.components.find(({ id }) => id === segment[1 + 2 * i]);
    const selected = segment[2 + 2 * i]!;
    const dc = tables.get(tableKey(0, selected >> 4));
    const ac = tables.get(tableKey(1, selected & 15));
    component?.missingBits.fill(bits, first, last + 1);
    if (!component || !dc || !ac) return null;
    for (let block = 0; block < (count === 1 ? 1 : component.perUnit); block++) blocks.push({ dc, ac });
    if (count === 1) return sequential(frame, { blocks, units: component.blocks, restartInterval });
  }
  return sequential(frame, { blocks, units: frame.units, restartInterval });
}

const sequential = ({ isProgressive, isArithmetic }: JpegFrame, scan: SequentialScan) =>
  isProgressive || isArithmetic ? null : scan;

/** Offset, in a scan's header, of the range of its coefficients. */
export const scanParametersAt = (segment: Buffer) => 1 + 2 * (segment[0] ?? 0);

function unsupported(what: string): TwofoldError {
  return new TwofoldError(
    'unsupported',
    `It is a JPEG ${what}, which Twofold does not read. Save it as PNG.`,
  );
}
