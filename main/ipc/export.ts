import type { AppContext } from '../app/services/context.ts';
import { showInFolder } from '../app/shell/show-in-folder.ts';
import { FORMATS } from '../export/formats.ts';
import type { HandlersOf } from './answer.ts';

export function exportHandlers({ exporter }: AppContext): HandlersOf<'export'> {
  return {
    'export.formats': () => [...FORMATS],
    'export.start': (request) => exporter.export(request),
    'export.state': () => exporter.state,
    'export.result': () => exporter.result,
    'export.cancel': exporter.cancel,
    'export.reveal': ({ path }) => {
      showInFolder(exporter.requireWritten(path));
      return null;
    },
  };
}
