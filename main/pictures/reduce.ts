import type { Picture } from './decode.ts';

/**
 * Averages boxes of pixels, as Pillow's `Image.reduce((across, down))` does, but without the incomplete boxes at the right
 * and bottom.
 *
 * @param picture [height, width, 3], 0..255
 * @returns [floor(height / down), floor(width / across), 3], 0..255; the same object for boxes of one pixel
 */
export function reduceBoxes(picture: Picture, across: number, down: number): Picture {
  if (across === 1 && down === 1) return picture;
  const width = Math.floor(picture.width / across);
  const height = Math.floor(picture.height / down);
  const data = new Uint8Array(3 * width * height);
  const source = picture.data;
  const sums = new Uint32Array(3 * width);
  const half = Math.floor((across * down) / 2);
  const factor = Math.floor(2 ** 24 / (across * down));
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let row = y * down; row < (y + 1) * down; row++) {
      let at = 3 * picture.width * row;
      for (let to = 0; to < sums.length; to += 3) {
        for (let column = 0; column < across; column++, at += 3) {
          sums[to]! += source[at]!;
          sums[to + 1]! += source[at + 1]!;
          sums[to + 2]! += source[at + 2]!;
        }
      }
    }
    for (let i = 0; i < sums.length; i++) data[3 * width * y + i] = Math.imul(sums[i]!, factor) >>> 24;
  }
  return { width, height, data };
}
