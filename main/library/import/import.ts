import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportMode, ImportReport } from '../../../shared/library/import.ts';
import type { Project } from '../folder.ts';
import { importTable } from './import-table.ts';
import { folderTree } from './folders/folder-tree.ts';
import { CANCELLED, ingest, type ImportOptions } from './ingest.ts';
import { planFolder, type Plan } from './layout.ts';
import { isTableName } from '../tables/text.ts';
import { looksLikePicture, nothingFound, readableFolder, reason, walk, type WalkResult } from './walk.ts';
import { reportScanning } from './scanning.ts';

export type { ImportOptions } from './ingest.ts';

/** `mode`: how folders are read (see `planFolder`); default `auto`. */
export type FolderOptions = ImportOptions & { mode?: ImportMode };

/**
 * Imports a folder and everything below it.
 *
 * The report counts, and `listImportItems` lists, every file that was skipped, moved or changed. The same content is
 * imported once. Folders set the label and split of pictures that never had any.
 *
 * @throws TwofoldError `not-found`, `bad-input`; `disk-full`, `read-only`, `busy` if it can't continue (pictures
 *   imported so far are kept)
 */
export async function importFolder(
  project: Project,
  folder: string,
  options: FolderOptions,
): Promise<ImportReport> {
  const absolute = path.resolve(folder);
  return ingestFolders(
    project,
    'folder',
    absolute,
    await scan([{ folder: absolute, under: [] }], options),
    options,
  );
}

async function ingestFolders(
  project: Project,
  source: 'folder' | 'files',
  path: string,
  { pictures, ...rest }: WalkResult,
  options: FolderOptions,
): Promise<ImportReport> {
  const tree = await folderTree(pictures);
  const plan = (): Plan =>
    options.signal?.aborted
      ? CANCELLED
      : planFolder(project.db, pictures, tree, options.mode ?? 'auto', options.classes !== undefined);
  return ingest(project, { source, path, plan, rest }, options);
}

/**
 * Imports dropped or chosen paths: pictures (recognised by content), folders, or a table, alone or together with the
 * folders of its pictures. Several folders are read like the sub-folders of one, so two of them can be the classes.
 *
 * @throws TwofoldError the errors of `importFolder` and `importTable`
 */
export async function importFiles(
  project: Project,
  paths: readonly string[],
  options: FolderOptions,
): Promise<ImportReport> {
  const [first = ''] = paths.map((given) => path.resolve(given));
  if (paths.length === 1 && (await isFolder(first))) return importFolder(project, first, options);
  const table = await tableOf(paths);
  if (table) return importTable(project, table.file, options, table.folders);
  const folders: { folder: string; under: string[] }[] = [];
  const files: WalkResult = nothingFound();
  for (const given of new Set(paths.map((one) => path.resolve(one)))) {
    if (await isFolder(given)) {
      folders.push({ folder: given, under: [path.basename(given)] });
      continue;
    }
    if (await isTable(given)) {
      files.unreadable.push({
        path: given,
        message: 'It is a table. Import it alone, or together with the folder of its pictures.',
      });
      continue;
    }
    try {
      const directory = await realpath(path.dirname(given));
      files.pictures.push({ directory, name: path.basename(given), under: [] });
    } catch (error) {
      files.unreadable.push({ path: given, message: `The file could not be opened: ${reason(error)}.` });
    }
  }
  const found = await scan(folders, options);
  const pictures = [...found.pictures, ...files.pictures];
  const unreadable = [...found.unreadable, ...files.unreadable];
  return ingestFolders(project, 'files', first, { ...found, pictures, unreadable }, options);
}

/** A single table with any number of folders; null for anything else. */
async function tableOf(paths: readonly string[]): Promise<{ file: string; folders: string[] } | null> {
  const folders: string[] = [];
  const files: string[] = [];
  for (const given of paths) ((await isFolder(given)) ? folders : files).push(path.resolve(given));
  const [file] = files;
  return file !== undefined && files.length === 1 && (await isTable(file)) ? { file, folders } : null;
}

/** Whether a file is read as a table: by its name, unless its content is a picture. */
export async function isTable(file: string): Promise<boolean> {
  return isTableName(file) && !(await isFolder(file)) && !(await looksLikePicture(file));
}

async function isFolder(given: string): Promise<boolean> {
  try {
    return (await stat(given)).isDirectory();
  } catch {
    return false; // reported when it is opened
  }
}

/** Walks folders one after the other, with `under` before the names of their sub-folders. */
async function scan(
  folders: readonly { folder: string; under: readonly string[] }[],
  options: ImportOptions,
): Promise<WalkResult> {
  const { signal } = options;
  const all = nothingFound();
  const report = reportScanning(options);
  for (const { folder, under } of folders) {
    await readableFolder(folder);
    const before = all.pictures.length;
    const found = await walk(folder, {
      exports: 'skip',
      ...(signal ? { signal } : {}),
      onFound: (pictures) => report(before + pictures),
    });
    // Files of a directory keep sharing one `under`.
    const below = new Map<readonly string[], readonly string[]>();
    for (const one of found.pictures) {
      let whole = below.get(one.under);
      if (!whole) below.set(one.under, (whole = [...under, ...one.under]));
      all.pictures.push({ ...one, under: whole });
    }
    for (const [kind, count] of Object.entries(found.notPictureKinds)) {
      all.notPictureKinds[kind] = (all.notPictureKinds[kind] ?? 0) + count;
    }
    all.hidden += found.hidden;
    all.unreadable.push(...found.unreadable);
    all.exports.push(...found.exports);
  }
  return all;
}
