import { decodePicture, type DecodeOptions } from './decode.ts';
import { readPictureFile } from './read.ts';
import { resizeBilinear } from './resize.ts';
import { sharp } from './sharp.ts';

/** Maximum opacity of a cell, 0..1. */
const OPACITY = 0.65;
/** Maximum longer side of the result in pixels. */
const MAX_SIDE = 1200;

export interface DrawOptions extends DecodeOptions {
  rows: number;
  columns: number;
  /** Colours (`#rrggbb`) for class 0 and class 1. */
  colors: readonly [string, string];
}

/**
 * Overlays a heat map on a picture: cells have the colour of the class they are evidence for, with an opacity
 * proportional to their contribution to the logit, 65% for the strongest.
 *
 * @param cells rows × columns values, row by row over the whole picture; positive for class 1
 * @returns a PNG whose longer side is 1,200 pixels at most
 * @throws TwofoldError the errors of `readPictureFile` and `decodePicture`
 */
export async function drawHeatMap(
  path: string,
  cells: readonly number[],
  { rows, columns, colors, ...decode }: DrawOptions,
): Promise<Uint8Array> {
  const picture = await decodePicture((await readPictureFile(path)).bytes, decode);
  const ratio = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * ratio));
  const { data, width, height } = resizeBilinear(picture, side(picture.width), side(picture.height));
  const drawn = Uint8Array.from(data);
  const strongest = Math.max(...cells.map(Math.abs)) || 1;
  const rgb = colors.map(parseColor);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = valueAt(cells, rows, columns, (y + 0.5) / height, (x + 0.5) / width) / strongest;
      const color = rgb[value > 0 ? 1 : 0]!;
      const share = OPACITY * Math.abs(value);
      for (let channel = 0; channel < 3; channel++) {
        const at = 3 * (y * width + x) + channel;
        drawn[at] = Math.round(drawn[at]! * (1 - share) + color[channel]! * share);
      }
    }
  }
  return new Uint8Array(
    await sharp(drawn, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

/** Bilinear between the centres of cells; `down` and `right` are 0..1 over the picture. */
function valueAt(
  cells: readonly number[],
  rows: number,
  columns: number,
  down: number,
  right: number,
): number {
  const [top, bottom, vertical] = between(down * rows - 0.5, rows);
  const [left, next, horizontal] = between(right * columns - 0.5, columns);
  const row = (at: number): number =>
    cells[at * columns + left]! * (1 - horizontal) + cells[at * columns + next]! * horizontal;
  return row(top) * (1 - vertical) + row(bottom) * vertical;
}

function between(at: number, count: number): [first: number, second: number, share: number] {
  const first = Math.min(count - 1, Math.max(0, Math.floor(at)));
  return [first, Math.min(count - 1, Math.max(0, Math.floor(at) + 1)), Math.min(1, Math.max(0, at - first))];
}

const parseColor = (color: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
