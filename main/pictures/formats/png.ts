import type { OpenPicture } from './format.ts';
import { pngOrientation } from './png-chunks.ts';
import { openWithVips } from './vips.ts';

/** The orientation is read here, since libvips looks in only one of the places where it can be. */
export const openPng: OpenPicture = (bytes, { bits16 }) =>
  openWithVips(bytes, 'png', { orientation: pngOrientation(bytes), bits16 });
