/** Writes TIFF files of any kind, also those that no program of ours can write. */

/** Whole numbers are written as 32 bits, or as 16 where all are small; text with its zero; pages as offsets. */
export type TagValue = number | number[] | string | Uint8Array | TiffPage[];

export interface TiffPage {
  /** By tag number. Offsets and lengths of the strips are added. */
  tags: Record<number, TagValue>;
  /** Pixels as they are stored, one entry a strip (or a tile, where the tags give its size). */
  strips: Uint8Array[];
}

export interface TiffOptions {
  bigEndian?: boolean;
  /** BigTIFF. */
  big?: boolean;
}

interface Field {
  type: number;
  count: number;
  bytes: Uint8Array;
}

/** @returns a file with the pages in order */
export function tiff(pages: TiffPage[], options: TiffOptions = {}): Uint8Array<ArrayBuffer> {
  const { bigEndian = false, big = false } = options;
  const chunks: Uint8Array[] = [new Uint8Array(big ? 16 : 8)];
  let length = chunks[0]!.length;
  const append = (bytes: Uint8Array): number => {
    const at = length;
    // Everything begins at an even byte, as the specification asks.
    const padded = new Uint8Array(bytes.length + (bytes.length % 2));
    padded.set(bytes);
    chunks.push(padded);
    length += padded.length;
    return at;
  };
  const integers = (values: number[], bytesEach: number): Uint8Array => {
    const out = new DataView(new ArrayBuffer(values.length * bytesEach));
    values.forEach((value, i) => {
      if (bytesEach === 2) out.setUint16(2 * i, value, !bigEndian);
      else if (bytesEach === 4) out.setUint32(4 * i, value, !bigEndian);
      else out.setBigUint64(8 * i, BigInt(value), !bigEndian);
    });
    return new Uint8Array(out.buffer);
  };
  const field = (value: TagValue): Field => {
    if (typeof value === 'string')
      return { type: 2, count: value.length + 1, bytes: Buffer.from(`${value}\0`) };
    if (value instanceof Uint8Array) return { type: 7, count: value.length, bytes: value };
    const list = typeof value === 'number' ? [value] : value;
    const values = list.map((each) => (typeof each === 'number' ? each : writePage(each).at));
    const small = values.every((each) => each < 65_536) && list.every((each) => typeof each === 'number');
    return { type: small ? 3 : 4, count: values.length, bytes: integers(values, small ? 2 : 4) };
  };
  /** @returns where the page is, and where the offset of the next one belongs */
  function writePage({ tags, strips }: TiffPage): { at: number; nextAt: number } {
    const tiled = 322 in tags;
    const offsets = strips.map((strip) => append(strip));
    const all: Record<number, TagValue> = {
      ...tags,
      [tiled ? 324 : 273]: offsets,
      [tiled ? 325 : 279]: strips.map((strip) => strip.length),
    };
    const numbers = Object.keys(all)
      .map(Number)
      .sort((a, b) => a - b);
    const offsetBytes = big ? 8 : 4;
    const entries = numbers.map((tag) => {
      const { type, count, bytes } = field(all[tag]!);
      const value = new Uint8Array(offsetBytes);
      value.set(bytes.length <= offsetBytes ? bytes : integers([append(bytes)], offsetBytes));
      return Buffer.concat([integers([tag, type], 2), integers([count], offsetBytes), value]);
    });
    const count = integers([entries.length], big ? 8 : 2);
    const directory = Buffer.concat([count, ...entries, new Uint8Array(offsetBytes)]);
    const at = append(directory);
    return { at, nextAt: at + directory.length - offsetBytes };
  }
  const written = pages.map(writePage);
  const file = new Uint8Array(Buffer.concat(chunks));
  const put = (at: number, bytes: Uint8Array) => file.set(bytes, at);
  put(0, Buffer.from(bigEndian ? 'MM' : 'II'));
  put(2, integers(big ? [43, 8, 0] : [42], 2));
  let link = big ? 8 : 4;
  for (const { at, nextAt } of written) {
    put(link, integers([at], big ? 8 : 4));
    link = nextAt;
  }
  return file;
}
