import { truncated } from './errors.ts';
import {
  isComplete,
  isFrame,
  readFrame,
  readScanHeader,
  readTables,
  scanParametersAt,
} from './jpeg-frame.ts';
import type { HuffmanTables, JpegFrame } from './jpeg-frame.ts';
import type { SequentialScan } from './jpeg-scan.ts';

/** The structure of a JPEG, according to its markers. */
export interface JpegStructure {
  /** The file without harmless irregularities; see `readJpegStructure`. */
  bytes: Uint8Array;
  scans: JpegScan[];
  /** Whether the file has an end marker; `bytes` always has one. */
  hasEnd: boolean;
  /** Whether the scans provide every coefficient completely, according to their headers. */
  isComplete: boolean;
}

export interface JpegScan {
  /** Position of its entropy-coded data in `bytes`. */
  from: number;
  to: number;
  /** How to read its codes; null if they are not sequential Huffman codes. */
  coding: SequentialScan | null;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
const DRI = 0xdd;
const APP0 = 0xe0;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/**
 * Reads the markers of a JPEG. Harmless irregularities are corrected in a copy, so that any warning of the decoder
 * matters: bytes between segments and after the end, an unknown revision of JFIF, meaningless parameters of a
 * sequential scan, a missing end marker.
 *
 * @throws TwofoldError `bad-picture` if the data is too short for the size in the header; `unsupported` for rare coding
 *   processes
 */
export function readJpegStructure(bytes: Uint8Array): JpegStructure {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces = new Pieces(file);
  const scans: JpegScan[] = [];
  const tables: HuffmanTables = new Map();
  let frame: JpegFrame | null = null;
  let restartInterval = 0;
  let hasEnd = false;
  pieces.keep(0, 2);
  for (let at = 2; !hasEnd;) {
    const found = nextMarker(file, at);
    if (found === null) break;
    const { marker, from } = found;
    if (marker === EOI || marker === SOI || marker === 0x01 || isRestart(marker)) {
      hasEnd = marker === EOI;
      at = from + 2;
      pieces.keep(from, at);
      continue;
    }
    const end = from + 2 + (from + 4 <= file.length ? Math.max(2, file.readUInt16BE(from + 2)) : 2);
    if (end > file.length || from + 4 > file.length) break;
    const segment = file.subarray(from + 4, end);
    if (isFrame(marker)) frame = readFrame(marker, segment);
    if (marker === DHT) readTables(segment, tables);
    if (marker === DRI && segment.length >= 2) restartInterval = segment.readUInt16BE(0);
    const kept = pieces.keep(from, end, mended(marker, file.subarray(from, end), frame));
    at = end;
    if (marker !== SOS) continue;
    at = endOfScan(file, end);
    const coding = frame && readScanHeader(frame, segment, tables, restartInterval);
    scans.push({ from: kept, to: pieces.keep(end, at), coding });
  }
  if (!hasEnd) pieces.add(Uint8Array.of(0xff, EOI));
  const complete = frame === null || isComplete(frame);
  const scanBytes = scans.reduce((sum, { from, to }) => sum + to - from, 0);
  // Huffman codes take at least one bit per block.
  const blocks =
    frame?.isArithmetic === false ? frame.components.reduce((sum, one) => sum + one.blocks, 0) : 0;
  if (scanBytes * 8 < blocks || (!hasEnd && !complete)) throw truncated('jpeg');
  return { bytes: pieces.joined(), scans, hasEnd, isComplete: complete };
}

/** The next marker, skipping other bytes, as decoders do. `from` is the offset of its 0xFF. */
function nextMarker(file: Buffer, start: number): { marker: number; from: number } | null {
  for (let from = file.indexOf(0xff, start); from >= 0; from = file.indexOf(0xff, from + 1)) {
    const marker = file[from + 1] ?? 0;
    if (marker !== 0xff && marker !== 0) return { marker, from };
  }
  return null;
}

/** The end of entropy-coded data, which includes stuffed zeros and restart markers. */
function endOfScan(file: Buffer, start: number): number {
  for (let at = file.indexOf(0xff, start); at >= 0; at = file.indexOf(0xff, at + 2)) {
    const next = file[at + 1] ?? 0xff;
    if (next !== 0 && !isRestart(next)) return at;
  }
  return file.length;
}

/** Corrects values of which the decoder would warn before it assumes the corrected ones. */
function mended(marker: number, segment: Buffer, frame: JpegFrame | null): Uint8Array {
  const set = (at: number, ...values: number[]): Uint8Array => {
    if (values.every((value, i) => segment[at + i] === value)) return segment;
    const copy = new Uint8Array(segment);
    copy.set(values, at);
    return copy;
  };
  if (marker === APP0 && segment.toString('latin1', 4, 9) === 'JFIF\0' && segment.length >= 18) {
    return set(9, segment[9] === 2 ? 2 : 1);
  }
  if (marker !== SOS || !frame || frame.isProgressive) return segment;
  const parameters = 4 + scanParametersAt(segment.subarray(4));
  return parameters + 3 <= segment.length ? set(parameters, 0, 63, 0) : segment;
}

/** The parts to keep of a file. Not copied as long as they are its unchanged beginning. */
class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  #isCopy = false;

  constructor(private readonly file: Buffer) {}

  /** Keeps a range, or `piece` in its place. @returns the length so far */
  keep(from: number, to: number, piece: Uint8Array = this.file.subarray(from, to)): number {
    if (from !== this.#length || piece.buffer !== this.file.buffer) this.#isCopy = true;
    return this.#push(piece);
  }

  add(piece: Uint8Array): void {
    this.#isCopy = true;
    this.#push(piece);
  }

  joined(): Uint8Array {
    return this.#isCopy ? Buffer.concat(this.#pieces) : this.file.subarray(0, this.#length);
  }

  #push(piece: Uint8Array): number {
    this.#pieces.push(piece);
    return (this.#length += piece.length);
  }
}
