import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportMode, ImportReport } from '../../../shared/library.ts';
import type { Project } from '../folder.ts';
import { importTable } from './import-table.ts';
import { folderTree } from './folders/folder-tree.ts';
import { CANCELLED, ingest, type ImportOptions } from './ingest.ts';
import { planFolder } from './layout.ts';
import { isTableName } from '../tables/text.ts';
import { looksLikePicture, nothingFound, readableFolder, reason, walk, type WalkResult } from './walk.ts';
import { reportScanning } from './scanning.ts';

export type { ImportOptions } from './ingest.ts';

/** How folders are read; default `auto`. See `planFolder`. */
export type FolderOptions = ImportOptions & { mode?: ImportMode };

/**
 * Imports a folder and everything below it.
 *
 * The report counts and `listImportItems` tells of every file that was left out, is the same as another, has moved or
 * changed. The same content is imported once. Labels and split from folders go to pictures that never had any.
 *
 * @throws TwofoldError `not-found`, `bad-input`; `disk-full`, `read-only`, `busy` when it can't go on (what was imported
 *   before that stays)
 */
export async function importFolder(
  project: Project,
  folder: string,
  options: FolderOptions,
): Promise<ImportReport> {
  const absolute = path.resolve(folder);
  const { pictures, ...rest } = await scan([{ folder: absolute, under: [] }], options);
  const tree = await folderTree(pictures);
  return ingest(
    project,
    {
      source: 'folder',
      path: absolute,
      plan: () =>
        options.signal?.aborted
          ? CANCELLED
          : planFolder(project.db, pictures, tree, options.mode ?? 'auto', options.classes !== undefined),
      rest,
    },
    options,
  );
}

/**
 * Imports whatever a person dropped or chose: pictures (by content, whatever their names), folders, or a table, alone or
 * with the folders of its pictures. Two folders together are read as if they lay in one: as classes where that fits.
 *
 * @throws TwofoldError as `importFolder` and `importTable`
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
        message: 'It is a table. Import it on its own, or together with the folder of its pictures.',
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
  const tree = await folderTree(pictures);
  return ingest(
    project,
    {
      source: 'files',
      path: first,
      plan: () =>
        options.signal?.aborted
          ? CANCELLED
          : planFolder(project.db, pictures, tree, options.mode ?? 'auto', options.classes !== undefined),
      rest: { ...found, unreadable: [...found.unreadable, ...files.unreadable] },
    },
    options,
  );
}

/** The only table among paths whose others are folders. */
async function tableOf(paths: readonly string[]): Promise<{ file: string; folders: string[] } | null> {
  const folders: string[] = [];
  const files: string[] = [];
  for (const given of paths) ((await isFolder(given)) ? folders : files).push(path.resolve(given));
  const [file] = files;
  return file !== undefined && files.length === 1 && (await isTable(file)) ? { file, folders } : null;
}

/** Whether a file is taken for a table: by its name, unless it is a picture. */
export async function isTable(file: string): Promise<boolean> {
  return isTableName(file) && !(await isFolder(file)) && !(await looksLikePicture(file));
}

async function isFolder(given: string): Promise<boolean> {
  try {
    return (await stat(given)).isDirectory();
  } catch {
    return false; // told of when it is opened
  }
}

/** Walks folders one after the other; `under` is put before the names of their sub-folders. */
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
      exports: 'pass-over',
      ...(signal ? { signal } : {}),
      onFound: (pictures) => report(before + pictures),
    });
    // Files of a directory go on sharing their `under`.
    const below = new Map<readonly string[], readonly string[]>();
    for (const one of found.pictures) {
      let whole = below.get(one.under);
      if (!whole) below.set(one.under, (whole = [...under, ...one.under]));
      all.pictures.push({ ...one, under: whole });
    }
    for (const [kind, count] of Object.entries(found.notPictureKinds)) {
      all.notPictureKinds[kind] = (all.notPictureKinds[kind] ?? 0) + count;
    }
    all.unreadable.push(...found.unreadable);
    all.exports.push(...found.exports);
  }
  return all;
}
