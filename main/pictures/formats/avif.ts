import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openAvif: OpenPicture = (bytes) => openWithVips(bytes, 'avif');
