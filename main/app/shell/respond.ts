import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOST, PICTURE_SIZES, type PictureSize } from '../../../shared/picture-url.ts';

/**
 * Responses of the app's own scheme: the window's files from the bundle, and pictures by id or token, never by path.
 */

/** Bytes of a picture for the window. */
export interface PictureBytes {
  bytes: Uint8Array;
  mime: string;
}

/** Where pictures come from; null for pictures that may not be shown. */
export interface PictureSource {
  /** A picture of the open project, whose SHA-256 begins with these hexadecimal digits. */
  picture(id: number, hash: string, size: PictureSize): Promise<PictureBytes | null>;
  /** A picture that was tried in this session. */
  tried(token: string, size: PictureSize): Promise<PictureBytes | null>;
}

/** Allows only files of our own origin and nothing inline. Svelte creates its templates with a trusted-types policy. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const MIME: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** The only valid addresses. Files of the bundle have no sub-folders, so paths such as `../` never match. */
const FILE = /^\/(index\.html|assets\/[\w-][\w.-]*\.([a-z0-9]+))$/;
const PICTURE = /^\/picture\/([^/]+)$/;
const KEY = /^([1-9]\d{0,14})-([0-9a-f]{12})$/;
/** Maximum number of thumbnails per request. */
const MAX_KEYS = 32;
const TRIED = /^\/tried\/([\w-]{1,100})$/;

/** Whether the address is that of pictures rather than of a file of the window. */
export function isPictureAddress(url: string): boolean {
  const { pathname } = new URL(url);
  return pathname === '/thumbnails' || PICTURE.test(pathname) || TRIED.test(pathname);
}

/** Answers a request; 404 for unknown addresses. */
export async function respond(request: Request, renderer: string, source: PictureSource): Promise<Response> {
  if (request.method !== 'GET') return refuse(405, 'Only GET is answered.');
  const url = new URL(request.url);
  if (url.host !== HOST) return refuse(404, 'There is no such host.');
  const file = FILE.exec(url.pathname);
  if (file) return serveFile(join(renderer, file[1]!), file[2] ?? 'html');
  if (url.pathname === '/thumbnails') return serveThumbnails(url.searchParams.get('of') ?? '', source);
  const size = PICTURE_SIZES.find((known) => known === url.searchParams.get('size'));
  const key = parseKey(PICTURE.exec(url.pathname)?.[1] ?? '');
  if (key && size) return servePicture(await source.picture(key.id, key.hash, size));
  const tried = TRIED.exec(url.pathname);
  if (tried && size) return serveTried(await source.tried(tried[1]!, size));
  return refuse(404, 'There is nothing at this address.');
}

async function serveFile(path: string, extension: string): Promise<Response> {
  const mime = MIME[extension];
  if (!mime) return refuse(404, 'There is nothing at this address.');
  try {
    return answer(await readFile(path), mime);
  } catch {
    return refuse(404, 'There is nothing at this address.');
  }
}

/**
 * All thumbnails in one response, since the cost per response dominates: length (uint32, little-endian), then bytes.
 */
async function serveThumbnails(keys: string, source: PictureSource): Promise<Response> {
  const parsed = keys.split(',', MAX_KEYS + 1).map(parseKey);
  if (parsed.length > MAX_KEYS || parsed.includes(null))
    return refuse(404, 'There is nothing at this address.');
  const pictures = await Promise.all(
    parsed.map((key) => source.picture(key!.id, key!.hash, 'thumb').catch(() => null)),
  );
  const parts = pictures.flatMap((picture) => {
    const bytes = picture?.bytes ?? new Uint8Array();
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return answer(Buffer.concat(parts), 'application/octet-stream', 'no-store');
}

/** Reads a key made by `contentKey`; null for anything else. */
function parseKey(key: string): { id: number; hash: string } | null {
  const [, id, hash] = KEY.exec(key) ?? [];
  return id === undefined || hash === undefined ? null : { id: Number(id), hash };
}

function servePicture(picture: PictureBytes | null): Response {
  // Not an error: the window may request a picture of a project that is being closed.
  if (!picture) return new Response(null, { status: 204, headers: SECURITY_HEADERS });
  // The address contains the content's hash, so the response never changes.
  return answer(picture.bytes, picture.mime, 'private, max-age=31536000, immutable');
}

function serveTried(picture: PictureBytes | null): Response {
  if (!picture) return refuse(404, 'There is no such picture among those that were tried.');
  return answer(picture.bytes, picture.mime, 'no-store');
}

function answer(bytes: Uint8Array, mime: string, cache = 'no-cache'): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { ...SECURITY_HEADERS, 'content-type': mime, 'cache-control': cache },
  });
}

export function refuse(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain' } });
}
