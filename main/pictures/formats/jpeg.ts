import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openJpeg: OpenPicture = (bytes) => openWithVips(bytes, 'jpeg');
