import { shell } from 'electron';
import type { AppContext } from '../app/context.ts';
import { EXPORT_FORMATS, writeExport } from '../app/exports.ts';
import type { HandlersOf } from '../ipc.ts';

export function exportHandlers({ project }: AppContext): HandlersOf<'export'> {
  return {
    'export.formats': () => EXPORT_FORMATS,
    'export.start': ({ format, run, out }) => writeExport(project.require(), format, run, out),
    'export.reveal': ({ path }) => {
      shell.showItemInFolder(path);
      return null;
    },
  };
}
