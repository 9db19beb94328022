/** Reads the tags of TIFF files, BigTIFF, and formats based on TIFF. */

/** Offset of a tag's entry, and of its values: `count` values of `type`, from byte `at`. */
interface Entry {
  entryAt: number;
  type: number;
  count: number;
  at: number;
}

/** Bytes of one value of each type, by its number in the specification. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** Maximum number of directories; a longer chain is damaged. */
const MAX_DIRECTORIES = 100_000;

/** A directory of tags: a page, a thumbnail, or a sub-directory. */
export class TiffDirectory {
  constructor(
    private readonly file: TiffFile,
    /** Offset in the file. */
    readonly offset: number,
    /** By tag number. */
    readonly entries: ReadonlyMap<number, Entry>,
  ) {}

  has(tag: number): boolean {
    return this.entries.has(tag);
  }

  /** All numeric values of a tag; none if it is missing or extends beyond the file. */
  numbers(tag: number): number[] {
    const entry = this.entries.get(tag);
    if (!entry) return [];
    const bytes = TYPE_BYTES[entry.type] ?? 0;
    if (bytes === 0 || entry.at + entry.count * bytes > this.file.view.byteLength) return [];
    return Array.from({ length: entry.count }, (_, i) => this.file.value(entry.type, entry.at + i * bytes));
  }

  /** The first value of a tag, or `missing` if there is none. */
  number(tag: number, missing: number): number {
    return this.numbers(tag)[0] ?? missing;
  }

  /** The text of a tag without its terminating zero; empty if missing. */
  text(tag: number): string {
    return Buffer.from(this.bytes(tag)).toString('latin1').replace(/\0.*$/s, '');
  }

  /** The bytes of a tag as stored; none if it is missing or extends beyond the file. */
  bytes(tag: number): Uint8Array {
    const { view } = this.file;
    const entry = this.entries.get(tag);
    const length = entry ? entry.count * (TYPE_BYTES[entry.type] ?? 0) : 0;
    if (!entry || entry.at + length > view.byteLength) return new Uint8Array(0);
    return new Uint8Array(view.buffer, view.byteOffset + entry.at, length);
  }

  /** The entry of an existing tag as stored. */
  entryBytes(tag: number, length: number): Uint8Array {
    const { view } = this.file;
    return new Uint8Array(view.buffer, view.byteOffset + this.entries.get(tag)!.entryAt, length);
  }

  /** Directories that a tag refers to, such as 330 (SubIFDs: other sizes of the page). Skips damaged ones. */
  children(tag: number): TiffDirectory[] {
    return this.numbers(tag).flatMap((offset) => this.file.directory(offset)?.directory ?? []);
  }
}

export class TiffFile {
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** BigTIFF: counts and offsets of 8 bytes. */
  readonly big: boolean;

  /** @param bytes a whole file, or its beginning where only the first directories matter */
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = bytes[0] === 0x49;
    this.big = bytes.length >= 16 && this.view.getUint16(2, this.littleEndian) === 43;
  }

  /** Offset, in the header, of the offset of the first directory. */
  get firstOffsetAt(): number {
    return this.big ? 8 : 4;
  }

  /** The top-level directories in order, up to the first that can't be read. */
  pages(): TiffDirectory[] {
    const pages: TiffDirectory[] = [];
    const seen = new Set<number>();
    let offset = this.view.byteLength >= 8 ? this.offset(this.firstOffsetAt) : 0;
    while (offset !== 0 && !seen.has(offset) && pages.length < MAX_DIRECTORIES) {
      seen.add(offset);
      const found = this.directory(offset);
      if (!found) break;
      pages.push(found.directory);
      offset = found.next;
    }
    return pages;
  }

  /** The directory at an offset, and the offset of the next (0 for the last). */
  directory(at: number): { directory: TiffDirectory; next: number } | undefined {
    const [countBytes, entryBytes, offsetBytes] = this.big ? [8, 20, 8] : [2, 12, 4];
    const size = this.view.byteLength;
    if (at <= 0 || at + countBytes > size) return undefined;
    const count = this.big ? this.offset(at) : this.view.getUint16(at, this.littleEndian);
    const end = at + countBytes + count * entryBytes;
    if (count === 0 || end > size) return undefined;
    const entries = new Map<number, Entry>();
    for (let start = at + countBytes; start < end; start += entryBytes) {
      const tag = this.view.getUint16(start, this.littleEndian);
      const type = this.view.getUint16(start + 2, this.littleEndian);
      const values = this.big ? this.offset(start + 4) : this.view.getUint32(start + 4, this.littleEndian);
      const inline = start + (this.big ? 12 : 8);
      const fits = values * (TYPE_BYTES[type] ?? 0) <= offsetBytes;
      if (!entries.has(tag))
        entries.set(tag, { entryAt: start, type, count: values, at: fits ? inline : this.offset(inline) });
    }
    const next = end + offsetBytes <= size ? this.offset(end) : 0;
    return { directory: new TiffDirectory(this, at, entries), next };
  }

  /** Reads one value of a type; text and raw data are read as unsigned bytes. */
  value(type: number, at: number): number {
    const { view, littleEndian } = this;
    switch (type) {
      case 3:
        return view.getUint16(at, littleEndian);
      case 4:
      case 13:
        return view.getUint32(at, littleEndian);
      case 5:
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, littleEndian);
      case 9:
        return view.getInt32(at, littleEndian);
      case 10:
        return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
      case 11:
        return view.getFloat32(at, littleEndian);
      case 12:
        return view.getFloat64(at, littleEndian);
      case 16:
      case 18:
        return Number(view.getBigUint64(at, littleEndian));
      case 17:
        return Number(view.getBigInt64(at, littleEndian));
      default:
        return view.getUint8(at);
    }
  }

  private offset(at: number): number {
    return this.big
      ? Number(this.view.getBigUint64(at, this.littleEndian))
      : this.view.getUint32(at, this.littleEndian);
  }
}
