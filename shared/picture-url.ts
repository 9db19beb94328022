/** Addresses of the app's own scheme: the window's files and the pictures it may show. */

export const SCHEME = 'app';
export const HOST = 'twofold';
export const ORIGIN = `${SCHEME}://${HOST}`;

/** `thumb`: at most 256 pixels a side, from the cache. `full`: the file itself, or a JPEG of at most 2,048
 * pixels a side where a browser can't show it. */
export const PICTURE_SIZES = ['thumb', 'full'] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];

/** What tells a picture of the open project: its number and the begin of its content's hash. Other projects have that number too. */
export function contentKey({ id, sha256 }: { id: number; sha256: string }): string {
  return `${id}-${sha256.slice(0, 12)}`;
}

/** A picture of the open project: another content is another address. */
export function pictureUrl(picture: { id: number; sha256: string }, size: PictureSize): string {
  return `${ORIGIN}/picture/${contentKey(picture)}?size=${size}`;
}

/** A picture that was just tried, by the token that came with its prediction. */
export function triedUrl(token: string, size: PictureSize): string {
  return `${ORIGIN}/tried/${encodeURIComponent(token)}?size=${size}`;
}

/** Several thumbnails at once, by their `contentKey`: in one answer, each after its length as a little-endian uint32. */
export function thumbnailsUrl(keys: readonly string[]): string {
  return `${ORIGIN}/thumbnails?of=${keys.join(',')}`;
}
