import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { ORIGIN } from '../../../shared/picture-url.ts';
import type { JsonFile } from '../services/json-file.ts';
import { MIN_SIZE, placeWindow, type windowStateSchema } from './window-state.ts';

/** Background until the page is shown; the same as in renderer/theme.css, to avoid a flash. */
const BACKGROUND = { light: '#f6f7f9', dark: '#17191d' };

/** Creates the window: sandboxed, without Node, showing our own page. It is shown once the page is ready. */
export function createWindow(state: JsonFile<typeof windowStateSchema>): BrowserWindow {
  const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(state.value, displays),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Twofold',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    ...(process.platform === 'linux' ? { icon: fileURLToPath(new URL('icon.png', import.meta.url)) } : {}),
    webPreferences: {
      preload: fileURLToPath(new URL('preload.cjs', import.meta.url)),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  });
  if (state.value.maximized) window.maximize();
  if (state.value.fullScreen) window.setFullScreen(true);
  remember(window, state);
  // Reload a crashed page; the main process keeps the open project and running work.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  window.once('ready-to-show', () => {
    keepMinimum(window);
    window.show();
  });
  void window.loadURL(`${ORIGIN}/index.html`);
  return window;
}

/** Gives the page its minimum size: what title bar and menu take is known once the window exists. */
function keepMinimum(window: BrowserWindow): void {
  const [width, height] = window.getSize() as [number, number];
  const [pageWidth, pageHeight] = window.getContentSize() as [number, number];
  window.setMinimumSize(MIN_SIZE.width + width - pageWidth, MIN_SIZE.height + height - pageHeight);
  if (window.isMaximized() || window.isFullScreen()) return;
  if (pageWidth < MIN_SIZE.width || pageHeight < MIN_SIZE.height) {
    window.setContentSize(Math.max(pageWidth, MIN_SIZE.width), Math.max(pageHeight, MIN_SIZE.height));
  }
}

function remember(window: BrowserWindow, state: JsonFile<typeof windowStateSchema>): void {
  const note = (): void => {
    if (window.isDestroyed() || window.isMinimized()) return;
    state.set({
      bounds: window.getNormalBounds(),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    });
  };
  window.on('resize', note);
  window.on('move', note);
  window.on('maximize', note);
  window.on('unmaximize', note);
  window.on('enter-full-screen', note);
  window.on('leave-full-screen', note);
  window.on('close', () => {
    note();
    state.flush();
  });
}
