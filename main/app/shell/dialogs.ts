import { join } from 'node:path';
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { DialogPurpose } from '../../../shared/contract/system.ts';

const PICTURES = {
  name: 'Pictures',
  extensions: [
    'jpg',
    'jpeg',
    'jfif',
    'png',
    'webp',
    'gif',
    'bmp',
    'tif',
    'tiff',
    'avif',
    'ppm',
    'pgm',
    'pbm',
    'pnm',
    'pam',
    'heic',
    'heif',
    'hif',
    'dng',
    'nef',
    'arw',
    'pef',
    'cr2',
    'cr3',
    'orf',
    'rw2',
    'raf',
    'srw',
    '3fr',
  ],
};
const ALL = { name: 'All files', extensions: ['*'] };
const folder = (title: string, buttonLabel: string, several = false): OpenDialogOptions => ({
  title,
  buttonLabel,
  properties: ['openDirectory', ...(several ? (['multiSelections'] as const) : [])],
});
const pictures = (title: string, buttonLabel: string): OpenDialogOptions => ({
  title,
  buttonLabel,
  properties: ['openFile', 'multiSelections'],
  filters: [PICTURES, ALL],
});

const OPEN: Record<Exclude<DialogPurpose, 'create-project' | 'export-folder'>, OpenDialogOptions> = {
  'open-folder': folder('Open a folder of pictures', 'Open'),
  'open-project': folder('Open a Twofold project', 'Open'),
  'import-folder': folder('Import pictures from folders', 'Import', true),
  'import-pictures': pictures('Import pictures', 'Import'),
  'import-csv': {
    title: 'Import labels from a table (a picture and its label in each row)',
    buttonLabel: 'Import',
    properties: ['openFile'],
    filters: [{ name: 'CSV, TSV and text', extensions: ['csv', 'tsv', 'tab', 'txt'] }, ALL],
  },
  'import-weights': {
    title: 'Import InceptionV3 weights from a Keras file',
    buttonLabel: 'Import',
    properties: ['openFile'],
    filters: [{ name: 'Keras weights', extensions: ['h5', 'hdf5'] }, ALL],
  },
  'locate-folder': folder('Locate the folder of the missing pictures', 'Locate'),
  'try-pictures': pictures('Try pictures', 'Try'),
  'try-folder': folder('Try the pictures of a folder', 'Try'),
};

/** Shows the system's dialog. @returns absolute paths; empty if cancelled */
export async function choose(
  window: BrowserWindow,
  purpose: DialogPurpose,
  name: string | undefined,
  documents: string,
): Promise<string[]> {
  if (purpose === 'create-project') {
    const defaultPath = join(documents, `${name ?? 'My pictures'}.twofold`);
    return chooseSave(window, { title: 'Create a project', buttonLabel: 'Create', defaultPath });
  }
  if (purpose === 'export-folder') {
    const defaultPath = join(documents, name ?? 'export');
    return chooseSave(window, { title: 'Export to', buttonLabel: 'Export', defaultPath });
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(window, OPEN[purpose]);
  return canceled ? [] : filePaths;
}

/** Asks where to save a file. @returns its path, or null if cancelled */
export async function chooseFile(
  window: BrowserWindow,
  format: 'CSV' | 'HTML' | 'Zip',
  title: string,
  defaultPath: string,
): Promise<string | null> {
  const filters = [{ name: format, extensions: [format.toLowerCase()] }];
  return (await chooseSave(window, { title, defaultPath, filters }))[0] ?? null;
}

async function chooseSave(window: BrowserWindow, options: Electron.SaveDialogOptions): Promise<string[]> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, options);
  return canceled || filePath === '' ? [] : [filePath];
}
