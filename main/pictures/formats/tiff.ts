import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openTiff: OpenPicture = (bytes) => openWithVips(bytes, 'tiff');
