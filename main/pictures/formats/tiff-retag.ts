import type { TiffDirectory, TiffFile } from './tiff-directory.ts';

/** New values of tags, by number: stored in 16 bits if all fit, otherwise in 32. An empty list removes the tag. */
export type TagChanges = ReadonlyMap<number, readonly number[]>;

const STRIP_OFFSETS = 273;
const SHORT = 3;
const LONG = 4;
/** Tags that state where pixels are stored and how they are divided into strips or tiles. */
const STORAGE = [259, 266, 273, 278, 279, 284, 317, 322, 323, 324, 325, 347];

/**
 * The same file with a single directory: a copy of `directory` with some tags changed. All other data keeps its offset,
 * so that the copied tags stay valid.
 *
 * @param pixels replace the stored pixels if given: uncompressed, one strip, in the file's byte order
 */
export function retag(
  bytes: Uint8Array,
  file: TiffFile,
  directory: TiffDirectory,
  changes: TagChanges,
  pixels?: Uint8Array,
): Uint8Array {
  const all = new Map(changes);
  const pixelsAt = even(bytes.length);
  if (pixels) {
    for (const tag of STORAGE) all.set(tag, []);
    all.set(STRIP_OFFSETS, [pixelsAt]);
    all.set(278, directory.numbers(257));
    all.set(279, [pixels.length]);
  }
  const tags = [...new Set([...directory.entries.keys(), ...all.keys()])]
    .filter((tag) => all.get(tag)?.length !== 0)
    .sort((a, b) => a - b);

  const valuesAt = pixelsAt + even(pixels?.length ?? 0);
  const valuesLength = tags.reduce((sum, tag) => sum + 8 * (all.get(tag)?.length ?? 0), 0);
  const at = valuesAt + valuesLength;
  const [countBytes, entryBytes, offsetBytes] = file.big ? [8, 20, 8] : [2, 12, 4];
  const out = new Uint8Array(at + countBytes + tags.length * entryBytes + offsetBytes);
  out.set(bytes);
  if (pixels) out.set(pixels, pixelsAt);
  const view = new DataView(out.buffer);
  const { littleEndian } = file;
  const putOffset = (where: number, value: number) => {
    if (file.big) view.setBigUint64(where, BigInt(value), littleEndian);
    else view.setUint32(where, value, littleEndian);
  };

  putOffset(file.firstOffsetAt, at);
  if (file.big) putOffset(at, tags.length);
  else view.setUint16(at, tags.length, littleEndian);
  let values = valuesAt;
  tags.forEach((tag, i) => {
    const entry = at + countBytes + i * entryBytes;
    const changed = all.get(tag);
    if (!changed) {
      out.set(directory.entryBytes(tag, entryBytes), entry);
      return;
    }
    const type = changed.every((value) => value < 65_536) ? SHORT : LONG;
    const length = changed.length * (type === SHORT ? 2 : 4);
    view.setUint16(entry, tag, littleEndian);
    view.setUint16(entry + 2, type, littleEndian);
    putOffset(entry + 4, changed.length);
    let where = entry + 4 + offsetBytes;
    if (length > offsetBytes) {
      putOffset(where, values);
      where = values;
      values += even(length);
    }
    for (const value of changed) {
      if (type === SHORT) view.setUint16(where, value, littleEndian);
      else view.setUint32(where, value, littleEndian);
      where += type === SHORT ? 2 : 4;
    }
  });
  return out;
}

const even = (length: number) => length + (length % 2);
