import { refuse } from './respond.ts';

/** Defined by `npm run dev` when bundling; undefined in other builds. */
declare const TWOFOLD_DEV_SERVER: string | undefined;

/**
 * The address of Vite's development server, `http://127.0.0.1:PORT`, while `npm run dev` runs the app; otherwise null.
 */
export const DEV_SERVER = typeof TWOFOLD_DEV_SERVER === 'undefined' ? null : TWOFOLD_DEV_SERVER;

/** Address of the WebSocket through which Vite announces changed modules. */
export const DEV_SOCKET = DEV_SERVER?.replace('http:', 'ws:') ?? null;

/** Looser than the policy of a built app in two points: Vite inlines styles and opens a WebSocket. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  `connect-src 'self' ${DEV_SOCKET}`,
  "font-src 'self'",
].join('; ');

/** A file of the window as Vite serves it. */
export async function respondFromVite(request: Request, server: string): Promise<Response> {
  if (request.method !== 'GET') return refuse(405, 'Only GET is answered.');
  const { pathname, search } = new URL(request.url);
  const { body, status, headers } = await fetch(server + pathname + search);
  return new Response(body, {
    status,
    headers: {
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'content-type': headers.get('content-type') ?? 'text/javascript',
      'cache-control': 'no-store',
    },
  });
}
