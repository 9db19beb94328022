import { app } from 'electron';
import type { AppContext } from '../app/services/context.ts';
import { showLog } from '../app/shell/crashes.ts';
import { choose } from '../app/shell/dialogs.ts';
import { readLicences } from '../app/shell/licences.ts';
import type { HandlersOf } from './answer.ts';
import { dataFolder } from '../files/paths.ts';

export function systemHandlers({
  window,
  documents,
  settings,
  delays,
  opened,
  applySettings,
  defects,
}: AppContext): HandlersOf<'system'> {
  return {
    'system.info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      chromium: process.versions.chrome,
      node: process.versions.node,
      platform: process.platform as 'linux' | 'darwin' | 'win32',
      documentsFolder: documents(),
      dataFolder: dataFolder(),
    }),
    'system.licences': () => readLicences(),
    'system.choose': ({ purpose, name }) => choose(window(), purpose, name, documents()),
    'system.settings': () => settings.value,
    'system.setSettings': (change) => {
      applySettings({ ...settings.value, ...change });
      return settings.value;
    },
    'system.takeOpened': () => {
      const { path } = opened;
      opened.path = null;
      return path;
    },
    'system.report': (error) => {
      defects.noteWindow(error);
      return null;
    },
    'system.showLog': () => {
      showLog();
      return null;
    },
    'system.delays': ({ reset }) => delays.read(reset),
  };
}
