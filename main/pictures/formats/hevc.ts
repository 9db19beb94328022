/** libheif, and so every file it can read, has lengths of 4 bytes. */
const LENGTH_BYTES = 4;
/** So many zeros at the end of a unit are taken for padding. */
const MAX_PADDING = 16;
/** What the standard never lets occur inside a unit: it would read as the start of the next (ISO/IEC 23008-2, 7.4.2). */
const FORBIDDEN = [0, 1, 2].map((last) => Buffer.of(0, 0, last));

/**
 * Whether a coded picture has a hole: runs of zeros, as an interrupted download or a repaired disk leaves them. The
 * decoder conceals them, which gives grey or smeared areas without an error.
 *
 * @param data units of HEVC, each behind its length
 */
export function hasHole(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + LENGTH_BYTES <= data.length;) {
    const start = at + LENGTH_BYTES;
    at = start + view.getUint32(at);
    if (at === start || at > data.length) return true;
    let end = at;
    while (end > start && data[end - 1] === 0) end--;
    if (at - end > MAX_PADDING) return true;
    const unit = Buffer.from(data.buffer, data.byteOffset + start, end - start);
    if (FORBIDDEN.some((bytes) => unit.includes(bytes))) return true;
  }
  return false;
}
