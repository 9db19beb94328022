import type { Looks, Rgba } from './looks.ts';
import { canvasRenderer } from './points-canvas.ts';
import { webglRenderer } from './points-webgl.ts';
import type { Size, Viewport } from './viewport.ts';

/** Draws the points of a map onto a canvas. */
export interface PointRenderer {
  readonly kind: 'webgl' | 'canvas';
  /** @param points [count, 2] */
  setPoints: (points: Float32Array<ArrayBuffer>) => void;
  setLooks: (looks: Looks, selection: Rgba) => void;
  /** @param frame in CSS pixels @param density device pixels a CSS pixel @param radius of a point in CSS pixels */
  draw: (view: Viewport, frame: Size, density: number, radius: number) => void;
  dispose: () => void;
}

/**
 * By WebGL where a GPU draws it; else on the processor, since WebGL without a GPU computes every pixel in software.
 *
 * @param onLost called when the GPU lost everything: ask for a renderer of another canvas
 */
export function pointRenderer(canvas: HTMLCanvasElement, onLost: () => void): PointRenderer | null {
  return webglRenderer(canvas, onLost) ?? canvasRenderer(canvas);
}
