import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files that identify a folder that Twofold exported. */

/** In every export. */
export const CARD_FILE = 'card.json';
export const CARD_FORMAT = 'twofold-export';
/** List of the original paths of the pictures in exported class folders. */
export const FOLDERS_FILE = 'folders.csv';
export const FOLDERS_COLUMNS = ['file', 'path', 'sha256', 'label', 'split', 'how'] as const;

const MAX_CARD_BYTES = 2 ** 20;

/** Whether a folder contains an export's card. False if it can't be read. */
export async function hasCard(folder: string): Promise<boolean> {
  const file = join(folder, CARD_FILE);
  try {
    if ((await stat(file)).size > MAX_CARD_BYTES) return false;
    const card: unknown = JSON.parse(await readFile(file, 'utf8'));
    return (card as { format?: unknown } | null)?.format === CARD_FORMAT;
  } catch {
    return false;
  }
}

/** Whether a folder is an export: by its card or, where that was removed, by the list of its pictures. */
export async function isExport(folder: string): Promise<boolean> {
  return (await hasCard(folder)) || (await hasFoldersList(folder));
}

/** Whether a folder is inside an export. */
export async function isInExport(folder: string): Promise<boolean> {
  const parent = dirname(folder);
  return parent !== folder && ((await isExport(parent)) || (await isInExport(parent)));
}

async function hasFoldersList(folder: string): Promise<boolean> {
  const head = Buffer.from(FOLDERS_COLUMNS.join(','));
  try {
    const file = await open(join(folder, FOLDERS_FILE), 'r');
    try {
      const { buffer } = await file.read(Buffer.alloc(head.length), 0, head.length, 0);
      return buffer.equals(head);
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
