/** URLs of the app's own scheme, for the window's files and pictures. */

export const SCHEME = 'app';
export const HOST = 'twofold';
export const ORIGIN = `${SCHEME}://${HOST}`;

/** `thumb`: at most 256 pixels a side, from the cache. `full`: the file itself, or a JPEG of at most 2,048 pixels a side if
 * a browser can't show it. */
export const PICTURE_SIZES = ['thumb', 'full'] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];

/** Identifies a picture: its id in the open project, and the start of its content's hash, since ids repeat across projects. */
export function contentKey({ id, sha256 }: { id: number; sha256: string }): string {
  return `${id}-${sha256.slice(0, 12)}`;
}

/** URL of a picture of the open project; it changes with the content. */
export function pictureUrl(picture: { id: number; sha256: string }, size: PictureSize): string {
  return `${ORIGIN}/picture/${contentKey(picture)}?size=${size}`;
}

/** URL of a picture in Try, by the token of its prediction. */
export function triedUrl(token: string, size: PictureSize): string {
  return `${ORIGIN}/tried/${encodeURIComponent(token)}?size=${size}`;
}

/** URL of several thumbnails, by their `contentKey`, in one response: each after its length as a little-endian uint32. */
export function thumbnailsUrl(keys: readonly string[]): string {
  return `${ORIGIN}/thumbnails?of=${keys.join(',')}`;
}
