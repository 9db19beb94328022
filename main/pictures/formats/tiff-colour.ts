import type { TiffDirectory } from './tiff-directory.ts';
import type { TiffKind } from './tiff-kind.ts';

/** Bits of the samples to write, and a function that converts the samples of a pixel in place. */
export interface Conversion {
  bits: 8 | 16;
  convert?: (pixel: number[]) => void;
}

/** The conversion for a picture that libvips would convert wrongly. */
export function conversion({ colour, bits, whitest }: TiffKind, directory: TiffDirectory): Conversion {
  const each = (change: (value: number, sample: number) => number) => (pixel: number[]) => {
    for (let i = 0; i < pixel.length; i++) pixel[i] = change(pixel[i]!, i);
  };
  if (colour === 'ycbcr') return { bits: 8, convert: ycbcrToRgb(directory) };
  if (colour === 'lab') return { bits: 8, convert: labToRgb(bits) };
  // libvips supports CMYK with 8 bits only.
  if (colour === 'cmyk' && bits === 16) return { bits: 8, convert: each((value) => value >> 8) };
  if (whitest !== undefined) {
    return { bits: 16, convert: each((value) => Math.floor((Math.min(value, whitest) * 65_535) / whitest)) };
  }
  return { bits: bits === 8 ? 8 : 16 };
}

/** Uses the coefficients and reference black and white of the file, otherwise those of the specification. */
function ycbcrToRgb(directory: TiffDirectory): (pixel: number[]) => void {
  const list = (tag: number, otherwise: number[]) => {
    const values = directory.numbers(tag);
    return values.length === otherwise.length && values.some((value) => value !== 0) ? values : otherwise;
  };
  const [red, green, blue] = list(529, [0.299, 0.587, 0.114]) as [number, number, number];
  const reference = list(532, [0, 255, 128, 255, 128, 255]);
  const level = (value: number, i: number, most: number) =>
    ((value - reference[2 * i]!) * most) / (reference[2 * i + 1]! - reference[2 * i]!);
  return (pixel) => {
    const y = level(pixel[0]!, 0, 255);
    const r = y + level(pixel[2]!, 2, 127) * (2 - 2 * red);
    const b = y + level(pixel[1]!, 1, 127) * (2 - 2 * blue);
    pixel[0] = clamp(r);
    pixel[1] = clamp((y - blue * b - red * r) / green);
    pixel[2] = clamp(b);
  };
}

/** Matrix from XYZ (D50) to linear sRGB, with Bradford adaptation to D65. */
const D50_TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;
const D50 = [0.9642, 1, 0.8249] as const;

/** CIE L*a*b* (D50; a and b signed) to sRGB. libvips assumes D65, which shifts saturated colours. */
function labToRgb(bits: number): (pixel: number[]) => void {
  const most = 2 ** bits - 1;
  const signed = (value: number) => (value > most / 2 ? value - most - 1 : value) / (bits === 16 ? 256 : 1);
  const inverse = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  return (pixel) => {
    const y = ((pixel[0]! / most) * 100 + 16) / 116;
    const x = inverse(y + signed(pixel[1]!) / 500) * D50[0];
    const z = inverse(y - signed(pixel[2]!) / 200) * D50[2];
    for (let i = 0; i < 3; i++) {
      const [fromX, fromY, fromZ] = D50_TO_SRGB[i]!;
      const linear = fromX * x + fromY * inverse(y) + fromZ * z;
      pixel[i] = clamp(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
    }
    for (let i = 3; i < pixel.length; i++) pixel[i] = Math.round((pixel[i]! * 255) / most);
  };
}

const clamp = (value: number) => Math.min(Math.max(Math.round(value), 0), 255);
