import type { Thumbnail } from '../thumbnails.svelte.ts';
import type { Looks, Palette, Rgba } from './looks.ts';
import { cssOf } from './palette.ts';
import { TILE_PX, type Tile } from './tiles.ts';
import { toFrame, type Point, type Size, type Viewport } from './viewport.ts';

export interface Overlay {
  view: Viewport;
  frame: Size;
  /** Device pixels a CSS pixel. */
  density: number;
  points: Float32Array;
  radius: number;
  looks: Looks;
  palette: Palette;
  tiles: readonly Tile[];
  /** Of the tiles, in their order. */
  pictures: readonly (Thumbnail | undefined)[];
  lasso: readonly Point[];
  /** The point that keys act on, and the one under the pointer. */
  current: number | null;
  hover: number | null;
  isSelected: (index: number) => boolean;
}

/** Draws what lies over the points: thumbnails, the lasso, and rings around the points that are meant. */
export function drawOverlay(canvas: HTMLCanvasElement, overlay: Overlay): void {
  const { frame, density, palette } = overlay;
  const [width, height] = [Math.round(frame.width * density), Math.round(frame.height * density)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, frame.width, frame.height);
  overlay.tiles.forEach((tile, at) => drawTile(context, overlay, tile, overlay.pictures[at]));
  for (const index of [overlay.hover, overlay.current]) {
    if (index === null) continue;
    const { x, y } = toFrame(overlay.view, frame, {
      x: overlay.points[2 * index]!,
      y: overlay.points[2 * index + 1]!,
    });
    // In a light and a dark line, one of which stands out from any picture or colour.
    ring(context, x, y, overlay.radius + 5, 4, cssOf(palette.ground));
    ring(context, x, y, overlay.radius + 5, 2, cssOf(palette.text));
  }
  drawLasso(context, overlay);
}

function drawTile(
  context: CanvasRenderingContext2D,
  { view, frame, looks, palette, isSelected }: Overlay,
  tile: Tile,
  picture: Thumbnail | undefined,
): void {
  if (!picture) return;
  const { x, y } = toFrame(view, frame, tile);
  const scale = TILE_PX / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  const [left, top] = [x - width / 2, y - height / 2];
  const selected = isSelected(tile.index);
  const line = selected ? 4 : 3;
  const [red = 0, green = 0, blue = 0, opacity = 255] = looks.colours.subarray(
    4 * tile.index,
    4 * tile.index + 4,
  );
  const colour: Rgba = selected ? palette.selection : [red, green, blue, opacity];
  context.fillStyle = cssOf(palette.ground);
  context.fillRect(left - line, top - line, width + 2 * line, height + 2 * line);
  context.fillStyle = cssOf(colour);
  context.fillRect(left - line, top - line, width + 2 * line, height + 2 * line);
  context.drawImage(picture, left, top, width, height);
}

function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  line: number,
  colour: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = line;
  context.strokeStyle = colour;
  context.stroke();
}

function drawLasso(context: CanvasRenderingContext2D, { lasso, palette }: Overlay): void {
  const [first, ...rest] = lasso;
  if (!first) return;
  const [red, green, blue] = palette.selection;
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = cssOf([red, green, blue, 40]);
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = cssOf(palette.selection);
  context.stroke();
}
