import { join } from 'node:path';
import { app } from 'electron';
import { startLog } from './app/shell/crashes.ts';
import { registerScheme } from './app/shell/protocol.ts';
import { hardenCommandLine, hardenContents } from './app/shell/security.ts';
import { startApp } from './app/shell/start.ts';
import { dataFolder } from './files/paths.ts';
import { bindCalls } from './ipc/bind.ts';
import { handlersOf } from './ipc/handlers.ts';

/** Entry point of the app: the steps that must run before Electron is ready. */

if (app.isPackaged) process.env.TWOFOLD_RESOURCES ??= process.resourcesPath;
app.setPath('userData', join(dataFolder(), 'window'));
hardenCommandLine(app);
registerScheme();
app.on('web-contents-created', (_event, contents) => hardenContents(contents));

if (app.requestSingleInstanceLock()) {
  startLog();
  startApp((context, isOurs, onFailure) => bindCalls(handlersOf(context), isOurs, onFailure));
} else app.quit();
