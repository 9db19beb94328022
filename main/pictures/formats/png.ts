import type { OpenPicture } from './format.ts';
import { openWithVips } from './vips.ts';

export const openPng: OpenPicture = (bytes) => openWithVips(bytes, 'png');
