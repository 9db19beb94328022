/** IEEE 754 half floats (float16) as the 16-bit integers that hold them, since Node 20 has no Float16Array. */

/** The nearest half floats of float32 values; values beyond ±65,519 become infinite. */
export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) halves[i] = halfOf(words[i]!);
  return halves;
}

/** The float32 values of half floats, exactly. @param out where they are written; default: a new array */
export function fromHalves(
  halves: Uint16Array,
  out: Float32Array = new Float32Array(halves.length),
): Float32Array {
  table ??= makeTable();
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!;
  return out;
}

/** Whether no value is infinite or NaN. */
export function areFinite(halves: Uint16Array): boolean {
  return halves.every((half) => (half & 0x7c00) !== 0x7c00);
}

/** The nearest half float of a float32, both as bits; ties go to even. */
function halfOf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude >= 0x7f80_0000) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x477f_f000) return sign | 0x7c00; // rounds to infinity
  if (magnitude >= 0x3880_0000) {
    const shifted = magnitude - 0x3800_0000;
    return sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x3300_0000) return sign; // rounds to zero
  const shift = 126 - (magnitude >>> 23);
  const mantissa = (magnitude & 0x7f_ffff) | 0x80_0000;
  const half = 1 << (shift - 1);
  return sign | ((mantissa + (half - 1) + ((mantissa >>> shift) & 1)) >>> shift);
}

/** The value of every half float: a look-up is several times faster than computing it. */
let table: Float32Array | undefined;

function makeTable(): Float32Array {
  return Float32Array.from({ length: 65_536 }, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const mantissa = half & 1023;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
  });
}
