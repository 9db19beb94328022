import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { RecentProject } from '../../../shared/contract/project.ts';
import type { AppSettings, MenuCommand } from '../../../shared/contract/system.ts';

/** State and actions of the menu. */
export interface MenuState {
  projectOpen: boolean;
  recent: readonly RecentProject[];
  theme: AppSettings['theme'];
  command(command: MenuCommand): void;
  openRecent(folder: string): void;
  setTheme(theme: AppSettings['theme']): void;
  showLog(): void;
  saveDiagnostics(): void;
}

type Item = MenuItemConstructorOptions;
const line: Item = { type: 'separator' };
const isMac = process.platform === 'darwin';

/** Builds the whole menu anew. */
export function showMenu(state: MenuState): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state)));
}

function menuTemplate(state: MenuState): Item[] {
  const item = (label: string, command: MenuCommand, options: Item = {}): Item => ({
    id: command,
    label,
    click: () => state.command(command),
    ...options,
  });
  const ofProject = (label: string, command: MenuCommand, options: Item = {}): Item =>
    item(label, command, { enabled: state.projectOpen, ...options });
  const about = item('About Twofold', 'about');
  return [
    ...(isMac ? [macAppMenu(about)] : []),
    { label: '&File', submenu: fileItems(state, item, ofProject) },
    { label: '&Edit', submenu: editItems(ofProject) },
    { label: '&View', submenu: viewItems(state, ofProject) },
    {
      label: '&Train',
      submenu: [
        ofProject('Start Training', 'train-start', { accelerator: 'CmdOrCtrl+T' }),
        ofProject('Pause or Resume', 'train-pause', { accelerator: 'CmdOrCtrl+Shift+T' }),
        ofProject('Stop and Keep the Best Epoch', 'train-stop'),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      label: '&Help',
      submenu: [
        item('Try the Sample Pictures', 'open-sample'),
        line,
        // Handled by the main process, so that they work when the window does not.
        { id: 'show-log', label: 'Show Log', click: () => state.showLog() },
        { id: 'save-diagnostics', label: 'Save Diagnostics…', click: () => state.saveDiagnostics() },
        ...(isMac ? [] : [line, about]),
      ],
    },
  ];
}

type Make = (label: string, command: MenuCommand, options?: Item) => Item;

function macAppMenu(about: Item): Item {
  return {
    label: app.name,
    submenu: [
      about,
      line,
      { role: 'services' },
      line,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      line,
      { role: 'quit' },
    ],
  };
}

function fileItems(state: MenuState, item: Make, ofProject: Make): Item[] {
  const recent = state.recent.map(({ name, folder, present }): Item => ({
    label: name,
    sublabel: folder,
    toolTip: folder,
    enabled: present,
    click: () => state.openRecent(folder),
  }));
  return [
    item('New Project…', 'new-project', { accelerator: 'CmdOrCtrl+N' }),
    item('Open Project…', 'open-project', { accelerator: 'CmdOrCtrl+O' }),
    item('Open Folder of Pictures…', 'open-folder', { accelerator: 'CmdOrCtrl+Shift+O' }),
    {
      label: 'Open Recent',
      submenu: recent.length > 0 ? recent : [{ label: 'No recent projects', enabled: false }],
    },
    line,
    ofProject('Import Folder…', 'import-folder', { accelerator: 'CmdOrCtrl+I' }),
    ofProject('Import Pictures…', 'import-pictures', { accelerator: 'CmdOrCtrl+Shift+I' }),
    ofProject('Import Labels from CSV…', 'import-csv'),
    line,
    ofProject('Storage…', 'storage'),
    ofProject('Close Project', 'close-project', { accelerator: 'CmdOrCtrl+Shift+W' }),
    // On macOS, Close belongs here and Quit in the app's own menu.
    ...(isMac ? [{ role: 'close' } as Item] : [line, { role: 'quit' } as Item]),
  ];
}

/** The window handles undo and redo, since they may apply to labels or to a text field. */
function editItems(ofProject: Make): Item[] {
  return [
    ofProject('Undo', 'undo', { accelerator: 'CmdOrCtrl+Z' }),
    ofProject('Redo', 'redo', { accelerator: isMac ? 'Cmd+Shift+Z' : 'Ctrl+Y' }),
    line,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    ofProject('Select All', 'select-all', { accelerator: 'CmdOrCtrl+A', enabled: true }),
    line,
    ofProject('Find', 'find', { accelerator: 'CmdOrCtrl+F' }),
  ];
}

function viewItems(state: MenuState, ofProject: Make): Item[] {
  const places = ['Library', 'Train', 'Review', 'Try', 'Export'] as const;
  const themes = { system: 'Same as System', light: 'Light', dark: 'Dark' } as const;
  return [
    ...places.map((place, index) =>
      ofProject(place, `show-${place.toLowerCase() as Lowercase<typeof place>}`, {
        accelerator: `CmdOrCtrl+${index + 1}`,
      }),
    ),
    line,
    {
      label: 'Appearance',
      submenu: (Object.keys(themes) as AppSettings['theme'][]).map((theme) => ({
        label: themes[theme],
        type: 'radio',
        checked: state.theme === theme,
        click: () => state.setTheme(theme),
      })),
    },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    line,
    { role: 'togglefullscreen' },
    ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as Item]),
  ];
}
