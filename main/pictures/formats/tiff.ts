import { truncated } from './errors.ts';
import type { OpenPicture } from './format.ts';
import { isTurned } from './orientation.ts';
import { TiffFile, type TiffDirectory } from './tiff-directory.ts';
import { tiffKind, type TiffKind } from './tiff-kind.ts';
import { retag, type TagChanges } from './tiff-retag.ts';
import { toPlainTiff } from './tiff-samples.ts';
import { decodeWithVips, openWithVips, readMetadata } from './vips.ts';

const SUB_IFDS = 330;
/** Bits of NewSubfileType: reduced-resolution version, mask. */
const REDUCED_OR_MASK = 1 | 4;

/**
 * Opens a TIFF. libvips silently misreads some kinds (any fourth band as alpha, signed or floating-point samples as
 * unsigned). So the kind is determined from the tags, and files are converted to a kind that libvips reads correctly.
 */
export const openTiff: OpenPicture = async (bytes, { bits16 }) => {
  const file = new TiffFile(bytes);
  const pages = file.pages();
  if (pages.length === 0) throw truncated('tiff');
  const directory = mainDirectory(pages);
  const kind = tiffKind(directory);
  if (!isPlain(kind)) {
    const turned = isTurned(kind.orientation);
    return {
      width: turned ? kind.height : kind.width,
      height: turned ? kind.width : kind.height,
      // The stored samples twice, the kept ones twice, and the memory of any picture.
      weight: 1 + Math.ceil((kind.samples * kind.bits) / 16),
      decode: async () => {
        const plain = await toPlainTiff(bytes, file, directory, kind);
        return decodeWithVips(plain, 'tiff', await readMetadata(plain, 'tiff'));
      },
    };
  }
  // libvips rejects an invalid orientation, which other programs ignore.
  const exists = directory.number(274, 1) >= 1 && directory.number(274, 1) <= 8;
  const asItIs = directory === pages[0] && exists;
  const changes: TagChanges = new Map(exists ? [] : [[274, []]]);
  return openWithVips(asItIs ? bytes : retag(bytes, file, directory, changes), 'tiff', {
    orientation: kind.orientation,
    bits16,
  });
};

/** Whether libvips reads it correctly as it is. */
function isPlain(kind: TiffKind): boolean {
  const { colour, bits, samples, colourSamples, alpha } = kind;
  const onlyAlpha = samples === colourSamples || (alpha === colourSamples && samples === colourSamples + 1);
  const knownBits = bits <= 8 || bits === 16;
  const knownColour = colour === 'cmyk' ? bits === 8 : colour === 'ycbcr' ? kind.jpeg : colour !== 'lab';
  return (
    onlyAlpha &&
    !kind.bands &&
    knownBits &&
    knownColour &&
    !(kind.planar && kind.tiled) &&
    kind.whitest === undefined
  );
}

/**
 * The directory of the picture itself: the first that is not marked as a reduced version or a mask, and whose longer
 * side is more than half of the largest. Smaller ones are thumbnails, which some programs store first without marking
 * them.
 */
function mainDirectory(pages: TiffDirectory[]): TiffDirectory {
  const all = pages.flatMap((page) => [page, ...page.children(SUB_IFDS)]);
  const size = (each: TiffDirectory) => [each.number(256, 0), each.number(257, 0)] as const;
  const whole = all.filter((each) => {
    const [width, height] = size(each);
    const reduced = (each.number(254, 0) & REDUCED_OR_MASK) !== 0 || each.number(255, 1) === 2;
    return width > 0 && height > 0 && !reduced && each.number(262, 0) !== 4;
  });
  const largest = whole.reduce((most, each) => Math.max(most, ...size(each)), 0);
  const main = whole.find((each) => 2 * Math.max(...size(each)) > largest);
  return main ?? pages[0]!;
}
