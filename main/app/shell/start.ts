import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog, session, type IpcMainInvokeEvent } from 'electron';
import { EVENT_CHANNEL } from '../../../shared/contract/channels.ts';
import type { Emit } from '../services/emit.ts';
import { dataFolder } from '../../files/paths.ts';
import { logError, logFailure } from '../../log/log.ts';
import { pathFromArguments } from './arguments.ts';
import { catchCrashes, showLog } from './crashes.ts';
import { saveDiagnostics } from './save-diagnostics.ts';
import type { AppContext } from '../services/context.ts';
import { JsonFile } from '../services/json-file.ts';
import { showMenu } from './menu.ts';
import { makeParts } from '../services/parts.ts';
import { serveScheme } from './protocol.ts';
import { comesFrom, hardenSession } from './security.ts';
import { DEFAULT_WINDOW_STATE, windowStateSchema } from './window-state.ts';
import { createWindow } from './window.ts';

const RENDERER = fileURLToPath(new URL('../renderer/', import.meta.url));

/** Binds the window's calls to handlers. Passed in by the entry point, since `app` must not import `ipc`. */
export type BindCalls = (
  context: AppContext,
  isOurs: (event: IpcMainInvokeEvent) => boolean,
  onFailure: (name: string, error: unknown) => void,
) => void;

/** Runs the app. Call it only in the first instance. */
export function startApp(bindCalls: BindCalls): void {
  let window: BrowserWindow | undefined;
  const emit: Emit = (name, payload) => {
    if (window && !window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, name, payload);
  };
  const temporary = mkdtempSync(join(tmpdir(), 'twofold-'));
  const context = makeParts({
    emit,
    window: () => window!,
    onMenuChange: () => {
      if (app.isReady()) refreshMenu(context, openPath);
    },
    temporary,
  });
  catchCrashes(context.defects, () => window !== undefined && !window.isDestroyed());
  context.opened.path = pathFromArguments(process.argv, !app.isPackaged, process.cwd());
  const openPath = (path: string): void => {
    if (!window) {
      context.opened.path = path;
      if (app.isReady()) window = openWindow(context);
      return;
    }
    if (window.isMinimized()) window.restore();
    window.focus();
    emit('system.openPath', { path });
  };

  app.on('second-instance', (_event, argv, cwd) => {
    const path = pathFromArguments(argv, !app.isPackaged, cwd);
    if (path !== null) openPath(path);
    else window?.focus();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openPath(path);
  });
  // Also on macOS: the app has only one window, and the warning said that closing it ends the training.
  app.on('window-all-closed', () => {
    window = undefined;
    app.quit();
  });
  endCleanly(context, temporary);

  void app.whenReady().then(() => {
    context.delays.start();
    hardenSession(session.defaultSession);
    serveScheme(session.defaultSession, RENDERER, context.pictures);
    bindCalls(context, (event) => comesFrom(event, window?.webContents), logFailure);
    refreshMenu(context, openPath);
    window = openWindow(context);
  });
}

function openWindow(context: AppContext): BrowserWindow {
  const state = new JsonFile(join(dataFolder(), 'window.json'), windowStateSchema, DEFAULT_WINDOW_STATE);
  const window = createWindow(state);
  let sure = false;
  window.on('close', (event) => {
    if (sure || context.trainer.state === null) return;
    event.preventDefault();
    void confirmStop(window).then((stop) => {
      if (!stop) return;
      sure = true;
      window.close();
    });
  });
  return window;
}

/** Asks for confirmation, since closing the window ends the training. */
async function confirmStop(window: BrowserWindow): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Training is in progress.',
    detail: 'If you close Twofold now, training stops and the best epoch so far is kept.',
    buttons: ['Stop and close', 'Keep training'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}

/** Ends running work and closes the database before the app quits. */
function endCleanly({ project, pool, recent, settings }: AppContext, temporary: string): void {
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void project
      .close()
      .then(() => pool.close())
      .catch((error: unknown) => logError('closing the project', error))
      .finally(() => {
        recent.flush();
        settings.flush();
        rmSync(temporary, { recursive: true, force: true });
        ended = true;
        // Electron ignores `quit` within this event.
        setImmediate(() => app.quit());
      });
  });
}

function refreshMenu(context: AppContext, openPath: (path: string) => void): void {
  showMenu({
    projectOpen: context.project.current !== null,
    recent: context.recent.list(),
    theme: context.settings.value.theme,
    command: (command) => context.emit('system.menu', command),
    openRecent: openPath,
    showLog,
    saveDiagnostics: () => void saveDiagnostics(context),
    setTheme: (theme) => context.applySettings({ ...context.settings.value, theme }),
  });
}
