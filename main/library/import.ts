import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportMode, ImportReport } from '../../shared/library.ts';
import { plural } from '../../shared/plural.ts';
import type { Project } from './folder.ts';
import { ingest, type ImportOptions } from './ingest.ts';
import { planFolder, type Plan } from './layout.ts';
import { readLabels } from './tables/labels.ts';
import { readPictureCsv } from './tables/rows.ts';
import { readableFolder, reason, walk, type WalkResult } from './walk.ts';

export type { ImportOptions } from './ingest.ts';

/** How folders are read; default `auto`. See `planFolder`. */
export type FolderOptions = ImportOptions & { mode?: ImportMode };

const CANCELLED: Plan = {
  layout: 'plain',
  pictures: [],
  naming: null,
  notes: ['It was cancelled while looking for pictures.'],
};

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
  const found = await scan([{ folder: absolute, under: [] }], options);
  return ingest(
    project,
    {
      source: 'folder',
      path: absolute,
      plan: () =>
        options.signal?.aborted ? CANCELLED : planFolder(project.db, found.pictures, options.mode ?? 'auto'),
      ...found,
    },
    options,
  );
}

/**
 * Imports whatever a person dropped or chose: pictures (by content, whatever their names), folders, or one CSV file. Two
 * folders together are read as if they lay in one: as classes where that fits.
 *
 * @throws TwofoldError as `importFolder` and `importCsv`
 */
export async function importFiles(
  project: Project,
  paths: readonly string[],
  options: FolderOptions,
): Promise<ImportReport> {
  const [first = ''] = paths.map((given) => path.resolve(given));
  if (paths.length === 1) {
    if (/\.[ct]sv$/i.test(first)) return importCsv(project, first, options);
    if (await isFolder(first)) return importFolder(project, first, options);
  }
  const folders: { folder: string; under: string[] }[] = [];
  const files: WalkResult = { pictures: [], notPictures: 0, unreadable: [] };
  for (const given of new Set(paths.map((one) => path.resolve(one)))) {
    if (await isFolder(given)) {
      folders.push({ folder: given, under: [path.basename(given)] });
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
  return ingest(
    project,
    {
      source: 'files',
      path: first,
      plan: () =>
        options.signal?.aborted ? CANCELLED : planFolder(project.db, pictures, options.mode ?? 'auto'),
      notPictures: found.notPictures,
      unreadable: [...found.unreadable, ...files.unreadable],
    },
    options,
  );
}

/**
 * Imports the pictures a CSV file lists, with their labels (see `readPictureCsv` and `readLabels`). A picture listed twice
 * keeps what its first row says.
 *
 * @throws TwofoldError `not-found`, `bad-input` (nothing is imported then); else as `importFolder`
 */
export async function importCsv(
  project: Project,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const absolute = path.resolve(file);
  const rows = await readPictureCsv(absolute);
  const plan = (): Plan => {
    const { labelOf, naming } = readLabels(project.db, rows, absolute);
    const first = new Map(rows.toReversed().map((row) => [row.path, row]));
    const repeated = rows.filter((row) => first.get(row.path) !== row);
    const contrary = repeated.filter((row) => first.get(row.path)!.label !== row.label).length;
    const notes =
      contrary === 0
        ? []
        : [
            `${plural(contrary, 'row gives', 'rows give')} a picture another label than its first row, which counts.`,
          ];
    const pictures = rows
      .filter((row) => first.get(row.path) === row)
      .map((row) => ({
        directory: path.dirname(row.path),
        name: path.basename(row.path),
        label: labelOf(row.label),
        split: row.split,
      }));
    return { layout: 'csv', pictures, naming, notes };
  };
  return ingest(project, { source: 'csv', path: absolute, plan, notPictures: 0, unreadable: [] }, options);
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
  { onProgress, signal }: ImportOptions,
): Promise<WalkResult> {
  const all: WalkResult = { pictures: [], notPictures: 0, unreadable: [] };
  let last = 0;
  for (const { folder, under } of folders) {
    await readableFolder(folder);
    const before = all.pictures.length;
    const found = await walk(folder, {
      ...(signal ? { signal } : {}),
      onFound: (pictures) => {
        if (performance.now() - last < 100) return;
        last = performance.now();
        const done = before + pictures;
        onProgress?.({
          stage: 'scanning',
          fraction: null,
          done,
          total: null,
          added: 0,
          leftOut: 0,
          leftMs: null,
        });
      },
    });
    for (const one of found.pictures) {
      all.pictures.push(under.length === 0 ? one : { ...one, under: [...under, ...one.under] });
    }
    all.notPictures += found.notPictures;
    all.unreadable.push(...found.unreadable);
  }
  return all;
}
