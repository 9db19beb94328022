import { app, type App, type IpcMainInvokeEvent, type Session, type WebContents } from 'electron';
import { ORIGIN } from '../../../shared/picture-url.ts';
import { DEV_SERVER, DEV_SOCKET } from './dev-server.ts';

/**
 * The window shows our own files and nothing else, and no request leaves this machine. Several locks, each of which would
 * do: a name never resolves, a request to elsewhere is cancelled, Chromium's own services are off.
 */

/** Chromium's services that call home on their own. */
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

/** Before the app is ready. */
export function hardenCommandLine({ commandLine }: App): void {
  for (const name of OFF) commandLine.appendSwitch(name);
  const resolvable = DEV_SERVER === null ? '' : ', EXCLUDE 127.0.0.1';
  commandLine.appendSwitch('host-resolver-rules', `MAP * ~NOTFOUND${resolvable}`);
  commandLine.appendSwitch('disable-features', 'MediaRouter,OptimizationHints,AutofillServerCommunication');
}

/** Once the app is ready, before a window is made. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Without languages first: for the system's own one a dictionary would be fetched.
  if (process.platform !== 'darwin') session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !mayLoad(details.url) }));
  session.on('will-download', (event) => event.preventDefault());
}

/** For every page, of which there is only one. */
export function hardenContents(contents: WebContents): void {
  // WebRTC passes none of the other locks.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** A call counts only when it comes from the main frame of our window while that shows our page. */
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
