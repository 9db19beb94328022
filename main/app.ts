import { join } from 'node:path';
import { app } from 'electron';
import { registerScheme } from './app/protocol.ts';
import { hardenCommandLine, hardenContents } from './app/security.ts';
import { startApp } from './app/start.ts';
import { dataFolder } from './model/folders.ts';

/** Entry of the app: what must happen before Electron is ready. */

if (app.isPackaged) process.env.TWOFOLD_RESOURCES ??= process.resourcesPath;
app.setPath('userData', join(dataFolder(), 'window'));
hardenCommandLine(app);
registerScheme();
app.on('web-contents-created', (_event, contents) => hardenContents(contents));

if (app.requestSingleInstanceLock()) startApp();
else app.quit();
