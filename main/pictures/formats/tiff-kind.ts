import { TwofoldError } from '../../../shared/errors.ts';
import { xmpOrientation } from './orientation.ts';
import type { TiffDirectory } from './tiff-directory.ts';

/** The colour space of a TIFF. */
export type TiffColour = 'grey' | 'rgb' | 'palette' | 'cmyk' | 'ycbcr' | 'lab';

/** How the picture of a directory is stored. */
export interface TiffKind {
  width: number;
  height: number;
  colour: TiffColour;
  /** Bits of each sample. */
  bits: number;
  /** Samples per pixel, including unused ones and alpha. */
  samples: number;
  /** Colour samples per pixel. */
  colourSamples: number;
  /** Index of the alpha sample; undefined without alpha. */
  alpha: number | undefined;
  /** Whether samples are stored in separate planes. */
  planar: boolean;
  tiled: boolean;
  /** Whether it has three or more bands declared as grey, of which the first three are red, green and blue. */
  bands: boolean;
  /** Whether it is compressed as JPEG, whose decoder converts YCbCr itself. */
  jpeg: boolean;
  /** The largest value of a 16-bit sample if fewer bits are used (4095 for 12 bits); otherwise undefined. */
  whitest: number | undefined;
  /** 1..8, from the tag, otherwise from XMP; 1 by default. */
  orientation: number;
}

/** Compression methods that are read, and the names of those that are not. */
const READ_COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32_771, 32_773, 32_946]);
const OTHER_COMPRESSIONS = new Map([
  [6, 'old-style JPEG'],
  [9, 'JBIG'],
  [10, 'JBIG'],
  [32_766, 'NeXT'],
  [32_809, 'ThunderScan'],
  [32_908, 'Pixar film'],
  [32_909, 'PixarLog'],
  [33_003, 'JPEG 2000'],
  [33_004, 'JPEG 2000'],
  [33_005, 'JPEG 2000'],
  [34_661, 'JBIG'],
  [34_676, 'SGI Log'],
  [34_677, 'SGI Log'],
  [34_712, 'JPEG 2000'],
  [34_887, 'LERC'],
  [34_892, 'lossy JPEG of DNG'],
  [34_925, 'LZMA'],
  [50_000, 'ZSTD'],
  [50_001, 'WebP'],
  [50_002, 'JPEG XL'],
  [52_546, 'JPEG XL'],
]);

const COLOURS = new Map<number, TiffColour>([
  [0, 'grey'],
  [1, 'grey'],
  [2, 'rgb'],
  [3, 'palette'],
  [5, 'cmyk'],
  [6, 'ycbcr'],
  [8, 'lab'],
]);
const OTHER_COLOURS = new Map([
  [4, 'a transparency mask'],
  [9, 'ICC Lab colours'],
  [10, 'ITU Lab colours'],
  [32_803, 'unprocessed data of a camera sensor'],
  [32_844, 'logarithmic luminance (LogL)'],
  [32_845, 'logarithmic colours (LogLuv)'],
  [34_892, 'unprocessed data of a camera sensor'],
  [51_177, 'a depth map'],
]);
const COLOUR_SAMPLES: Record<TiffColour, number> = { grey: 1, rgb: 3, palette: 1, cmyk: 4, ycbcr: 3, lab: 3 };
const NAMES: Record<TiffColour, string> = {
  grey: 'grey',
  rgb: 'RGB',
  palette: 'palette',
  cmyk: 'CMYK',
  ycbcr: 'YCbCr',
  lab: 'Lab',
};
const COLOUR_BITS: Record<TiffColour, readonly number[]> = {
  grey: [1, 2, 4, 8, 10, 12, 14, 16],
  rgb: [8, 10, 12, 14, 16],
  palette: [1, 2, 4, 8, 16],
  cmyk: [8, 16],
  ycbcr: [8],
  lab: [8, 16],
};
/** More bands than satellites have; files with more are not photographs and could fill the memory. */
const MAX_SAMPLES = 32;
/** Names of sample formats other than unsigned integers (1) and undefined (4), which is read as unsigned. */
const SAMPLE_FORMATS = new Map([
  [2, 'signed'],
  [3, 'floating-point'],
  [5, 'complex'],
  [6, 'complex'],
]);

/**
 * Determines from a directory's tags how its picture is stored.
 *
 * @throws TwofoldError `unsupported`, with the reason, for kinds that are not read
 */
export function tiffKind(directory: TiffDirectory): TiffKind {
  const compression = directory.number(259, 1);
  if (!READ_COMPRESSIONS.has(compression)) {
    throw unsupported(
      `compressed with ${OTHER_COMPRESSIONS.get(compression) ?? `method ${compression}`}`,
      'Save it uncompressed or with LZW, Deflate or JPEG compression.',
    );
  }
  const samples = directory.number(277, 1);
  const formats = directory.numbers(339).slice(0, samples);
  const depths = directory.numbers(258).slice(0, samples);
  const bits = depths[0] ?? 1;
  const format = SAMPLE_FORMATS.get(formats.find((each) => SAMPLE_FORMATS.has(each)) ?? 1);
  if (format) throw unsupported(`with ${format} values of ${bits} bits, whose black and white are not fixed`);
  if (depths.some((each) => each !== bits)) throw unsupported(`with samples of ${depths.join(', ')} bits`);
  const photometric = directory.number(262, -1);
  let colour = COLOURS.get(photometric);
  if (!colour) throw unsupported(describeColour(photometric));
  let colourSamples = COLOUR_SAMPLES[colour];
  // Tag 338 lists the extra samples: 1 (premultiplied) and 2 are alpha, 0 is unspecified.
  const extra = directory.numbers(338).slice(-Math.max(samples - colourSamples, 0));
  const alphaAt = samples > colourSamples ? extra.findIndex((each) => each === 1 || each === 2) : -1;
  // Mapping programs write several bands like this, and also show the first three.
  const bands = photometric === 1 && samples >= 3 && alphaAt === -1;
  if (bands) {
    colour = 'rgb';
    colourSamples = 3;
  }
  const jpeg = compression === 7;
  const predicted = directory.number(317, 1) !== 1;
  const packed = bits > 8 && bits < 16;
  const readable =
    COLOUR_BITS[colour].includes(bits) && !(samples > 1 && bits < 8) && !(packed && (jpeg || predicted));
  if (!readable) throw unsupported(`with ${bits} bits per sample (${NAMES[colour]})`);
  if (samples < colourSamples || samples > MAX_SAMPLES) {
    throw unsupported(`with ${samples} samples per pixel (${NAMES[colour]})`);
  }
  if (colour === 'ycbcr' && !jpeg && directory.numbers(530).join() !== '1,1') {
    throw unsupported('with YCbCr colours at half resolution but no JPEG compression');
  }
  const orientation = directory.number(274, xmpOrientation(directory.bytes(700)) ?? 1);
  return {
    width: directory.number(256, 0),
    height: directory.number(257, 0),
    colour,
    bits,
    samples,
    colourSamples,
    bands,
    alpha: alphaAt === -1 ? undefined : colourSamples + alphaAt,
    planar: directory.number(284, 1) === 2 && samples > 1,
    tiled: directory.has(322),
    jpeg,
    whitest: whitest(directory, bits),
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}

/**
 * MaxSampleValue if it states that fewer bits are used: one less than a power of two, the same for all samples. Other
 * values are the maximum of this picture, by which pixels must not be scaled, so that pictures stay comparable.
 */
function whitest(directory: TiffDirectory, bits: number): number | undefined {
  const values = directory.numbers(281);
  const most = values[0] ?? 0;
  const isDepth = most > 0 && (most & (most + 1)) === 0;
  return bits === 16 && isDepth && most < 65_535 && values.every((each) => each === most) ? most : undefined;
}

function describeColour(photometric: number): string {
  if (photometric === -1) return 'that does not say whether 0 is black or white (PhotometricInterpretation)';
  return `with ${OTHER_COLOURS.get(photometric) ?? `colours of an unknown kind (PhotometricInterpretation ${photometric})`}`;
}

function unsupported(
  what: string,
  todo = 'Convert it to a grey or RGB TIFF of 8 or 16 bits, to PNG or to JPEG.',
): TwofoldError {
  return new TwofoldError('unsupported', `It is a TIFF ${what}, which Twofold does not read. ${todo}`);
}
