export const EXIF = Buffer.from('Exif\0\0', 'latin1');
export const XMP = Buffer.from('http://ns.adobe.com/xap/', 'latin1');

/** The size of a JPEG in pixels; undefined for other data, and for kinds used only for raw data (lossless, 12 bits). */
export function jpegSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  for (const { marker, start } of segments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) continue;
    const isLossy = marker <= 0xc2 && bytes[start] === 8;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isLossy || start + 5 > bytes.length) return undefined;
    return { width: view.getUint16(start + 3), height: view.getUint16(start + 1) };
  }
  return undefined;
}

/** Replaces EXIF and XMP of a JPEG with an orientation, 1 to 8. */
export function withOrientation(bytes: Uint8Array, orientation: number): Uint8Array {
  const exif = Buffer.from('ffe1002245786966000049492a000800000001001201030001000000000000000000', 'hex');
  const marker = Buffer.concat([exif, Buffer.alloc(2)]);
  marker.writeUInt16LE(orientation, 28);
  const parts: Uint8Array[] = [bytes.subarray(0, 2), marker];
  let rest = 2;
  for (const { marker: found, start, end } of segments(bytes)) {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start));
    const isMetadata =
      content.subarray(0, EXIF.length).equals(EXIF) || content.subarray(0, XMP.length).equals(XMP);
    if (found !== 0xe1 || !isMetadata) continue;
    parts.push(bytes.subarray(rest, start - 4));
    rest = end;
  }
  return Buffer.concat([...parts, bytes.subarray(rest)]);
}

/** The segments before the pixels; `start` and `end` exclude marker and length. */
export function* segments(bytes: Uint8Array): Generator<{ marker: number; start: number; end: number }> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // padding
      continue;
    }
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (marker === 0xda || marker < 0xc0 || end < at + 4) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}
