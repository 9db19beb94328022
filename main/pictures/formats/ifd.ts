/**
 * Reads the directories (IFDs) that TIFF, BigTIFF, EXIF blocks and most raw photographs are made of. Whatever points
 * outside the data throws a RangeError, as DataView does.
 */

/** Tags that are read here and there. */
export const TAG = {
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  make: 271,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  stripByteCounts: 279,
  subIfds: 330,
  jpegOffset: 513,
  jpegByteCount: 514,
  exifIfd: 34665,
  dngVersion: 50706,
} as const;

/** One entry: what it holds and where. */
export interface IfdEntry {
  type: number;
  count: number;
  /** Offset of the first value in the data. */
  at: number;
}

/** One directory. */
export interface Ifd {
  entries: ReadonlyMap<number, IfdEntry>;
  /** Offset of the directory after it; 0 where it is the last. */
  next: number;
}

/** Bytes of one value, by type; types that do not exist are left out of a directory. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1, // byte
  2: 1, // ASCII
  3: 2, // short
  4: 4, // long
  5: 8, // rational
  6: 1, // signed byte
  7: 1, // undefined
  8: 2, // signed short
  9: 4, // signed long
  10: 8, // signed rational
  11: 4, // float
  12: 8, // double
  13: 4, // IFD
  16: 8, // long8
  17: 8, // signed long8
  18: 8, // IFD8
};

/** More directories than any sound file has: a chain may also run in a circle. */
const MAX_IFDS = 1000;

export class IfdReader {
  readonly #view: DataView;
  readonly littleEndian: boolean;
  /** Offsets and counts have 8 bytes. */
  readonly big: boolean;
  /** Offset of the first directory. */
  readonly first: number;

  private constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = bytes[0] === 0x49;
    this.big = this.#short(2) === 43;
    this.first = this.big ? this.#long8(8) : this.#long(4);
  }

  /** @returns a reader for data that starts with a byte order mark, whatever the number after it; else undefined */
  static open(bytes: Uint8Array): IfdReader | undefined {
    const order = bytes.length < 8 ? '' : String.fromCharCode(bytes[0]!, bytes[1]!);
    return order === 'II' || order === 'MM' ? new IfdReader(bytes) : undefined;
  }

  /** Reads the directory at an offset. @throws RangeError when it does not lie in the data whole */
  read(at: number): Ifd {
    const count = this.big ? this.#long8(at) : this.#short(at);
    const entryBytes = this.big ? 20 : 12;
    const start = at + (this.big ? 8 : 2);
    const end = start + count * entryBytes;
    const entries = new Map<number, IfdEntry>();
    if (end > this.bytes.length) throw new RangeError('the directory ends outside the data');
    for (let entry = start; entry < end; entry += entryBytes) {
      const type = this.#short(entry + 2);
      const size = TYPE_BYTES[type];
      if (size === undefined) continue;
      const valueCount = this.big ? this.#long8(entry + 4) : this.#long(entry + 4);
      const inline = entry + (this.big ? 12 : 8);
      const fits = size * valueCount <= (this.big ? 8 : 4);
      const valuesAt = fits ? inline : this.big ? this.#long8(inline) : this.#long(inline);
      entries.set(this.#short(entry), { type, count: valueCount, at: valuesAt });
    }
    // Some writers leave the last offset out.
    const hasNext = end + (this.big ? 8 : 4) <= this.bytes.length;
    return { entries, next: hasNext ? (this.big ? this.#long8(end) : this.#long(end)) : 0 };
  }

  /** The chain of directories from an offset on, each once. */
  chain(at = this.first): Ifd[] {
    const found = new Map<number, Ifd>();
    for (let next = at; next !== 0 && !found.has(next) && found.size < MAX_IFDS;) {
      const ifd = this.read(next);
      found.set(next, ifd);
      next = ifd.next;
    }
    return [...found.values()];
  }

  /** All values of a tag as numbers, rationals divided; empty where the directory lacks it. */
  numbers(ifd: Ifd, tag: number): number[] {
    const entry = ifd.entries.get(tag);
    if (!entry) return [];
    const { type, count, at } = entry;
    const size = TYPE_BYTES[type]!;
    if (at + size * count > this.bytes.length) throw new RangeError('the values end outside the data');
    return Array.from({ length: count }, (_, i) => this.#value(type, at + i * size));
  }

  /** The first value of a tag; undefined where there is none. */
  number(ifd: Ifd, tag: number): number | undefined {
    const entry = ifd.entries.get(tag);
    return entry && entry.count > 0 ? this.#value(entry.type, entry.at) : undefined;
  }

  /** The bytes of a tag, as they are. */
  raw(ifd: Ifd, tag: number): Uint8Array | undefined {
    const entry = ifd.entries.get(tag);
    if (!entry) return undefined;
    const end = entry.at + TYPE_BYTES[entry.type]! * entry.count;
    if (end > this.bytes.length) throw new RangeError('the values end outside the data');
    return this.bytes.subarray(entry.at, end);
  }

  /** A text tag, without the zero at its end. */
  text(ifd: Ifd, tag: number): string | undefined {
    const raw = this.raw(ifd, tag);
    return raw && Buffer.from(raw).toString('latin1').replace(/\0.*$/s, '').trim();
  }

  #value(type: number, at: number): number {
    const { littleEndian: little } = this;
    switch (type) {
      case 3:
        return this.#short(at);
      case 4:
      case 13:
        return this.#long(at);
      case 5:
        return this.#long(at) / this.#long(at + 4);
      case 6:
        return this.#view.getInt8(at);
      case 8:
        return this.#view.getInt16(at, little);
      case 9:
        return this.#view.getInt32(at, little);
      case 10:
        return this.#view.getInt32(at, little) / this.#view.getInt32(at + 4, little);
      case 11:
        return this.#view.getFloat32(at, little);
      case 12:
        return this.#view.getFloat64(at, little);
      case 16:
      case 18:
        return this.#long8(at);
      case 17:
        return Number(this.#view.getBigInt64(at, little));
      default:
        return this.#view.getUint8(at);
    }
  }

  #short(at: number): number {
    return this.#view.getUint16(at, this.littleEndian);
  }

  #long(at: number): number {
    return this.#view.getUint32(at, this.littleEndian);
  }

  #long8(at: number): number {
    return Number(this.#view.getBigUint64(at, this.littleEndian));
  }
}
