import { join } from 'node:path';

/** The thumbnails in the cache of a project. @param cacheDir cache folder of the project */
export const thumbnailsIn = (cacheDir: string): string => join(cacheDir, 'thumbnails');

/** The prepared pixels in the cache of a project. @param cacheDir cache folder of the project */
export const pixelsIn = (cacheDir: string): string => join(cacheDir, 'pixels');
