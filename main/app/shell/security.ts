import { app, type App, type IpcMainInvokeEvent, type Session, type WebContents } from 'electron';
import { ORIGIN } from '../../../shared/picture-url.ts';
import { DEV_SERVER, DEV_SOCKET } from './dev-server.ts';

/**
 * The window shows only our own files, and no request leaves this machine. Several independent measures enforce this:
 * host names never resolve, other requests are cancelled, and Chromium's own services are off.
 */

/** Chromium services that make network requests on their own. */
const OFF = [
  'disable-background-networking',
  'disable-breakpad',
  'disable-client-side-phishing-detection',
  'disable-component-update',
  'disable-default-apps',
  'disable-domain-reliability',
  'disable-sync',
  'no-first-run',
  'no-pings',
];

/** Call it before the app is ready. */
export function hardenCommandLine({ commandLine }: App): void {
  for (const name of OFF) commandLine.appendSwitch(name);
  const resolvable = DEV_SERVER === null ? '' : ', EXCLUDE 127.0.0.1';
  commandLine.appendSwitch('host-resolver-rules', `MAP * ~NOTFOUND${resolvable}`);
  commandLine.appendSwitch('disable-features', 'MediaRouter,OptimizationHints,AutofillServerCommunication');
}

/** Call it once the app is ready, before creating a window. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Languages are removed first; otherwise a dictionary for the system's language would be downloaded.
  if (process.platform !== 'darwin') session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !mayLoad(details.url) }));
  session.on('will-download', (event) => event.preventDefault());
}

/** Call it for every page. */
export function hardenContents(contents: WebContents): void {
  // WebRTC bypasses the other measures.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Whether a call comes from the main frame of our window while it shows our page. */
export function comesFrom(event: IpcMainInvokeEvent, contents: WebContents | undefined): boolean {
  const frame = event.senderFrame;
  return (
    contents !== undefined &&
    event.sender === contents &&
    frame !== null &&
    frame === contents.mainFrame &&
    isOurs(frame.url)
  );
}

function isOurs(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`);
}

function mayLoad(url: string): boolean {
  return (
    isOurs(url) ||
    (!app.isPackaged && url.startsWith('devtools://')) ||
    (DEV_SOCKET !== null && url.startsWith(`${DEV_SOCKET}/`))
  );
}
