import { TwofoldError } from '../../../shared/errors.ts';
import { damaged, truncated } from './errors.ts';
import type { OpenPicture } from './format.ts';

/** Reads the portable maps of Netpbm: PBM, PGM and PPM, as text (P1 to P3) and binary (P4 to P6), and PAM (P7). */

interface PnmHeader {
  width: number;
  height: number;
  /** Samples per pixel. */
  depth: number;
  /** The value of white. */
  most: number;
  /** How samples are stored: digits, single digits 0 and 1 (1 is black), bits (1 is black), or bytes. */
  stored: 'text' | 'text-bits' | 'bits' | 'binary';
  alpha: boolean;
  /** Offset of the pixels. */
  at: number;
}

export const openPnm: OpenPicture = (bytes) => {
  const header = bytes[1] === '7'.charCodeAt(0) ? readPamHeader(bytes) : readPnmHeader(bytes);
  const { width, height, most } = header;
  if (!(width > 0 && height > 0)) throw damaged('pnm', `its size is ${width} × ${height}`);
  if (!(most > 0 && most < 65_536)) throw damaged('pnm', `its largest value is ${most}`);
  const needed = header.stored.startsWith('text') ? width * height * header.depth : rowBytes(header) * height;
  if (bytes.length - header.at < needed) throw truncated('pnm');
  return { width, height, decode: () => ({ width, height, data: decode(bytes, header) }) };
};

function readPnmHeader(bytes: Uint8Array): PnmHeader {
  const kind = bytes[1]! - 48;
  const reader = new NumberReader(bytes, 2);
  const [width, height] = [reader.next(), reader.next()];
  const isBitmap = kind === 1 || kind === 4;
  const most = isBitmap ? 1 : reader.next();
  return {
    width,
    height,
    depth: kind === 3 || kind === 6 ? 3 : 1,
    most,
    stored: kind === 1 ? 'text-bits' : kind < 4 ? 'text' : kind === 4 ? 'bits' : 'binary',
    alpha: false,
    at: reader.at + 1, // one white-space character separates the header from the pixels
  };
}

/** Samples per pixel of the tuple types of PAM; the last sample is alpha if the name ends in `_ALPHA`. */
const TUPLES: Record<string, number> = {
  BLACKANDWHITE: 1,
  BLACKANDWHITE_ALPHA: 2,
  GRAYSCALE: 1,
  GRAYSCALE_ALPHA: 2,
  RGB: 3,
  RGB_ALPHA: 4,
};

function readPamHeader(bytes: Uint8Array): PnmHeader {
  const fields = new Map<string, string>();
  let at = 3;
  for (;;) {
    const end = bytes.indexOf(10, at);
    if (end === -1) throw truncated('pnm');
    const line = Buffer.from(bytes.subarray(at, end)).toString('latin1').trim();
    at = end + 1;
    if (line === 'ENDHDR') break;
    const [name = '', ...values] = line.split(/\s+/);
    if (name !== '' && !name.startsWith('#')) fields.set(name, values.join(' '));
  }
  const number = (name: string) => Number(fields.get(name) ?? Number.NaN);
  const tuple = fields.get('TUPLTYPE') ?? 'missing';
  if (TUPLES[tuple] !== number('DEPTH')) {
    throw new TwofoldError(
      'unsupported',
      `It is a PAM picture of ${fields.get('DEPTH') ?? 'no'} samples per pixel (TUPLTYPE ${tuple}), which Twofold does not read. Convert it to PNG.`,
    );
  }
  return {
    width: number('WIDTH'),
    height: number('HEIGHT'),
    depth: number('DEPTH'),
    most: number('MAXVAL'),
    stored: 'binary',
    alpha: tuple.endsWith('_ALPHA'),
    at,
  };
}

function rowBytes({ width, depth, most, stored }: PnmHeader): number {
  return stored === 'bits' ? Math.ceil(width / 8) : width * depth * (most > 255 ? 2 : 1);
}

/** @returns [height, width, 3], transparency on white */
function decode(bytes: Uint8Array, header: PnmHeader): Uint8Array {
  const { width, height, depth, most, alpha } = header;
  const next = sampleReader(bytes, header);
  const levels = Uint8Array.from({ length: most + 1 }, (_, value) => level(value, most));
  const out = new Uint8Array(width * height * 3);
  const pixel = [0, 0, 0, 0];
  const colours = alpha ? depth - 1 : depth;
  for (let to = 0; to < out.length; to += 3) {
    for (let i = 0; i < depth; i++) pixel[i] = levels[next()]!;
    const opacity = alpha ? pixel[colours]! / 255 : 1;
    for (let c = 0; c < 3; c++) {
      out[to + c] = Math.round(255 + (pixel[colours === 1 ? 0 : c]! - 255) * opacity);
    }
  }
  return out;
}

/** Converts a sample to 0..255 as Pillow does: halves round to even; more than 8 bits use the upper byte. */
function level(value: number, most: number): number {
  if (most > 255) return Math.round((value * 65_535) / most) >> 8;
  const scaled = (value * 255) / most;
  const below = Math.floor(scaled);
  if (scaled - below === 0.5) return below + (below % 2);
  return Math.round(scaled);
}

/** @returns a function that returns the next sample, 0..`most` */
function sampleReader(bytes: Uint8Array, header: PnmHeader): () => number {
  const { width, most, stored } = header;
  let at = header.at;
  let x = 0;
  switch (stored) {
    case 'binary':
      if (most <= 255) return () => Math.min(bytes[at++]!, most);
      return () => Math.min((bytes[at++]! << 8) | bytes[at++]!, most);
    case 'bits':
      return () => {
        const bit = (bytes[at]! >> (7 - (x % 8))) & 1;
        x = (x + 1) % width;
        if (x % 8 === 0) at++;
        return 1 - bit;
      };
    case 'text-bits': {
      const reader = new NumberReader(bytes, at);
      return () => 1 - reader.nextBit();
    }
    case 'text': {
      const reader = new NumberReader(bytes, at);
      return () => {
        const value = reader.next();
        if (value > most) throw damaged('pnm', `it holds the value ${value}, above its largest, ${most}`);
        return value;
      };
    }
  }
}

/** Reads numbers separated by white space and comments (from # to the end of the line). */
class NumberReader {
  constructor(
    private readonly bytes: Uint8Array,
    /** Offset after the last number. */
    public at: number,
  ) {}

  next(): number {
    this.skip();
    let value = 0;
    const start = this.at;
    for (; this.isDigit(); this.at++) value = value * 10 + this.bytes[this.at]! - 48;
    if (this.at === start) throw this.unexpected();
    return value;
  }

  /** Reads one digit: those of a bitmap need not be separated. */
  nextBit(): 0 | 1 {
    this.skip();
    const bit = this.isDigit() ? this.bytes[this.at]! - 48 : -1;
    if (bit !== 0 && bit !== 1) throw this.unexpected();
    this.at++;
    return bit;
  }

  private isDigit(): boolean {
    const byte = this.bytes[this.at] ?? 0;
    return byte >= 48 && byte <= 57;
  }

  private skip(): void {
    for (; this.at < this.bytes.length; this.at++) {
      const byte = this.bytes[this.at]!;
      if (byte === 35) {
        while (this.at < this.bytes.length && this.bytes[this.at] !== 10 && this.bytes[this.at] !== 13)
          this.at++;
      } else if (byte !== 32 && !(byte >= 9 && byte <= 13)) return;
    }
  }

  private unexpected(): TwofoldError {
    if (this.at >= this.bytes.length) return truncated('pnm');
    return damaged('pnm', `where a number belongs it holds byte ${this.bytes[this.at]!}`);
  }
}
