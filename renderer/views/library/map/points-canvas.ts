import { PointImage } from './point-image.ts';
import type { PointRenderer } from './point-renderer.ts';

/** Draws by the processor, for machines without a GPU. */
export function canvasRenderer(canvas: HTMLCanvasElement): PointRenderer | null {
  const context = canvas.getContext('2d');
  if (!context) return null;
  const image = new PointImage();
  let shown: ImageData | null = null;
  let pixels: Uint32Array | null = null;
  return {
    kind: 'canvas',
    setPoints: (points) => image.setPoints(points),
    setLooks: (looks, selection) => image.setLooks(looks, selection),
    draw: (view, frame, density, radius) => {
      image.draw(view, frame, density, radius);
      const { width, height } = image;
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      if (!shown || pixels !== image.pixels) {
        pixels = image.pixels;
        shown = new ImageData(new Uint8ClampedArray(image.pixels.buffer), width, height);
      }
      context.putImageData(shown, 0, 0);
    },
    dispose: () => undefined,
  };
}
