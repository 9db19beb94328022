import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openGif: OpenPicture = (bytes) => openWithVips(bytes, 'gif');
