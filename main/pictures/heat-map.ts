import { drawCells, type CellGrid } from '../../shared/heat-map.ts';
import { decodePicture, type DecodeOptions, type Picture } from './decode.ts';
import { readPictureFile } from './read.ts';
import { resizeBilinear } from './resize.ts';
import { sharp } from './sharp.ts';

/** Maximum opacity of a cell, 0..1. */
const OPACITY = 0.65;
/** Maximum longer side of the result in pixels. */
const MAX_SIDE = 1200;

export interface DrawOptions extends DecodeOptions {
  /** Colours (`#rrggbb`) for class 0 and class 1. */
  colors: readonly [string, string];
}

/**
 * Overlays a heat map on a picture in grey: cells have the colour of the class they are evidence for, with an opacity
 * proportional to their contribution to the logit, 65% for the strongest.
 *
 * @returns a PNG whose longer side is 1,200 pixels at most
 * @throws TwofoldError the errors of `readPictureFile` and `decodePicture`
 */
export async function drawHeatMap(
  path: string,
  grid: CellGrid,
  { colors, ...decode }: DrawOptions,
): Promise<Uint8Array> {
  const picture = await decodePicture(readPictureFile(path).bytes, decode);
  const ratio = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * ratio));
  const small = resizeBilinear(picture, side(picture.width), side(picture.height));
  return new Uint8Array(await overlaid(small, grid, colors).png().toBuffer());
}

/** `drawHeatMap` on a thumbnail. @returns a JPEG of the same size */
export async function drawOnThumbnail(
  thumbnail: Uint8Array,
  grid: CellGrid,
  colors: readonly [string, string],
): Promise<Uint8Array> {
  const picture = await decodePicture(thumbnail);
  return new Uint8Array(await overlaid(picture, grid, colors).jpeg().toBuffer());
}

function overlaid(
  { data, width, height }: Picture,
  grid: CellGrid,
  colors: readonly [string, string],
): ReturnType<typeof sharp> {
  const drawn = new Uint8Array(width * height * 3);
  const rgb = colors.map(parseColor);
  drawCells(grid, width, height).values.forEach((value, pixel) => {
    const color = rgb[value > 0 ? 1 : 0]!;
    const share = OPACITY * Math.abs(value);
    const at = 3 * pixel;
    // As `filter: grayscale(1)` in the window.
    const grey = 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
    for (let channel = 0; channel < 3; channel++)
      drawn[at + channel] = Math.round(grey * (1 - share) + color[channel]! * share);
  });
  return sharp(drawn, { raw: { width, height, channels: 3 } });
}

const parseColor = (color: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
