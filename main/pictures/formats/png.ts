import type { OpenPicture } from './format.ts';
import { pngOrientation } from './png-chunks.ts';
import { openWithVips } from './vips.ts';

/** libvips looks for the orientation in one of the places where it can be. */
export const openPng: OpenPicture = (bytes, { bits16 }) =>
  openWithVips(bytes, 'png', { orientation: pngOrientation(bytes), bits16 });
