import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppContext } from '../app/services/context.ts';
import { chooseFile } from '../app/shell/dialogs.ts';
import { toCsv } from '../files/csv.ts';
import type { HandlersOf } from './answer.ts';
import { listImportItems, listImports } from '../library/import/imports.ts';

export function importHandlers({ project, importer, window, documents }: AppContext): HandlersOf<'import'> {
  return {
    'import.start': ({ paths, mode }) => importer.import(paths, mode),
    'import.state': () => importer.state,
    'import.result': () => importer.result,
    'import.cancel': importer.cancel,
    'import.list': () => listImports(project.require().db),
    'import.items': ({ importId }) => listImportItems(project.require().db, importId),
    'import.saveItems': async ({ importId }) => {
      const items = listImportItems(project.require().db, importId);
      const path = await chooseFile(
        window(),
        'CSV',
        'Save the list of files',
        join(documents(), `import ${importId}.csv`),
      );
      if (path === null) return null;
      await writeFile(path, toCsv(items, ['path', 'kind', 'code', 'message']));
      return { path };
    },
  };
}
