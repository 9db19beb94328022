import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openWebp: OpenPicture = (bytes) => openWithVips(bytes, 'webp');
