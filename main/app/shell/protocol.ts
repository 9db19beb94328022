import { protocol, type Session } from 'electron';
import { SCHEME } from '../../../shared/picture-url.ts';
import { DEV_SERVER, respondFromVite } from './dev-server.ts';
import { isPictureAddress, refuse, respond, type PictureSource } from './respond.ts';

/** Registers the scheme `app:`. Call it before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the scheme. Call it once the app is ready. @param renderer folder of the window's built files */
export function serveScheme(session: Session, renderer: string, source: PictureSource): void {
  const answer = (request: Request): Promise<Response> =>
    DEV_SERVER === null || isPictureAddress(request.url)
      ? respond(request, renderer, source)
      : respondFromVite(request, DEV_SERVER);
  session.protocol.handle(SCHEME, (request) =>
    answer(request).catch(() => refuse(500, 'It could not be read.')),
  );
}
