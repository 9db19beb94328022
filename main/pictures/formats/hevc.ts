/** Bytes of a length; libheif reads only files with 4. */
const LENGTH_BYTES = 4;
/** Up to this many zeros at the end of a unit count as padding. */
const MAX_PADDING = 16;
/** Bytes that never occur inside a unit, since they would start the next (ISO/IEC 23008-2, 7.4.2). */
const FORBIDDEN = [0, 1, 2].map((last) => Buffer.of(0, 0, last));

/**
 * Whether a coded picture has a hole: runs of zeros, as left by an interrupted download or a repaired disk. The decoder
 * conceals them as grey or smeared areas, without an error.
 *
 * @param data units of HEVC, each preceded by its length
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
