import { join } from 'node:path';
import { app, dialog, shell } from 'electron';
import { dataFolder } from '../../files/paths.ts';
import { describe } from '../../log/describe.ts';
import { logInfo, logWarning, openLog } from '../../log/log.ts';
import { jpegDecoder } from '../../pictures/jpeg-codec.ts';
import type { Defects } from '../services/defects.ts';

export const logFile = (): string => join(dataFolder(), 'logs', 'twofold.log');

/** Opens the log of the app. Where it can't be written, the app works without one. */
export function startLog(): void {
  // Ignore a closed terminal: logging the error would write to it again.
  process.stderr.on('error', () => undefined);
  try {
    openLog(logFile(), { echo: true });
    logInfo('start', `JPEG decoder: ${jpegDecoder()}`);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
  }
}

/** Shows the log in the file manager. */
export function showLog(): void {
  shell.showItemInFolder(logFile());
}

/**
 * Logs uncaught errors of the main process, and crashes of Chromium processes. The main process continues, since most
 * of its work is independent; without a window yet, it shows the error and ends.
 *
 * @param hasWindow whether a window is open
 */
export function catchCrashes(defects: Defects, hasWindow: () => boolean): void {
  const note = (source: string) => (error: unknown) => {
    defects.note(source, error);
    if (hasWindow()) return;
    dialog.showErrorBox('Twofold can’t start', `${describe(error)}\n\nThe log is in ${logFile()}`);
    app.exit(1);
  };
  process.on('uncaughtException', note('uncaught in main'));
  process.on('unhandledRejection', note('unhandled rejection in main'));
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    if (reason !== 'clean-exit') logWarning('window', `its process ended: ${reason}, exit code ${exitCode}`);
  });
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    // Utility processes are logged where they are started.
    if (type !== 'Utility') logWarning(type, `its process ended: ${reason}, exit code ${exitCode}`);
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('unresponsive', () => logWarning('window', 'does not respond'));
    contents.on('preload-error', (_event, _path, error) => defects.note('preload', error));
  });
}
