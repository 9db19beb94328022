import { drawCells, type CellGrid } from '../../shared/heat-map.ts';
import { decodePicture, type DecodeOptions } from './decode.ts';
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
 * Overlays a heat map on a picture: cells have the colour of the class they are evidence for, with an opacity
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
  const picture = await decodePicture((await readPictureFile(path)).bytes, decode);
  const ratio = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * ratio));
  const { data, width, height } = resizeBilinear(picture, side(picture.width), side(picture.height));
  const drawn = Uint8Array.from(data);
  const rgb = colors.map(parseColor);
  drawCells(grid, width, height).values.forEach((value, pixel) => {
    const color = rgb[value > 0 ? 1 : 0]!;
    const share = OPACITY * Math.abs(value);
    for (let channel = 0; channel < 3; channel++) {
      const at = 3 * pixel + channel;
      drawn[at] = Math.round(drawn[at]! * (1 - share) + color[channel]! * share);
    }
  });
  return new Uint8Array(
    await sharp(drawn, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

const parseColor = (color: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
