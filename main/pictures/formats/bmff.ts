/** A box of an ISO base media file (ISO/IEC 14496-12), the structure of HEIF, AVIF, MP4 and CR3. */
export interface Box {
  /** Four characters. */
  type: string;
  /** Offsets of its content in the data. */
  start: number;
  end: number;
}

/**
 * The boxes between two offsets, in order.
 *
 * @throws RangeError if a box ends outside
 */
export function* boxes(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from; at + 8 <= to;) {
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    const size32 = view.getUint32(at);
    const headerBytes = size32 === 1 ? 16 : 8;
    // 0: to the end of the file; 1: the size follows in 8 bytes.
    const size = size32 === 0 ? to - at : size32 === 1 ? Number(view.getBigUint64(at + 8)) : size32;
    const end = at + size;
    if (size < headerBytes || end > to) throw new RangeError(`the box ${type} ends outside the data`);
    yield { type, start: at + headerBytes, end };
    at = end;
  }
}

/** The first box of a path of types, such as `moov`, `trak`, `mdia`; undefined if there is none. */
export function findBox(bytes: Uint8Array, path: readonly string[], within?: Box): Box | undefined {
  const [type, ...rest] = path;
  for (const box of boxes(bytes, within?.start, within?.end)) {
    if (box.type !== type) continue;
    return rest.length === 0 ? box : findBox(bytes, rest, box);
  }
  return undefined;
}
