import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ImportReport } from '../../shared/library.ts';
import { plural } from '../../shared/plural.ts';
import type { Project } from './folder.ts';
import { CANCELLED, ingest, type ImportOptions } from './ingest.ts';
import type { Plan } from './layout.ts';
import { fileFinder } from './tables/find-files.ts';
import { readLabels } from './tables/labels.ts';
import { expectedAt } from './tables/place.ts';
import { readPictureTable, type FoundRow, type PictureRow } from './tables/read.ts';

/**
 * Imports the pictures that a table lists, with their labels and splits (see docs/tables.md). They are looked for at
 * their paths, counted from the table's folder, then by name below it. A picture listed twice keeps what its first row
 * says.
 *
 * @param folders looked through as well as the table's own
 * @throws TwofoldError `not-found`, `unsupported`, `bad-input` (nothing is imported then); else as `importFolder`
 */
export async function importTable(
  project: Project,
  file: string,
  options: ImportOptions,
  folders: readonly string[] = [],
): Promise<ImportReport> {
  const absolute = path.resolve(file);
  const folder = await realFolder(path.dirname(absolute));
  const finder = fileFinder([folder, ...folders.map((one) => path.resolve(one))], {
    ...(options.signal ? { signal: options.signal } : {}),
    onFound: scanning(options),
  });
  const table = await readPictureTable(absolute, finder, options.signal);
  const source = { source: 'csv', path: absolute, notPictures: 0 } as const;
  if (!table) return ingest(project, { ...source, plan: () => CANCELLED, unreadable: [] }, options);
  const { rows, notes } = table;
  const plan = (): Plan => {
    const found = rows.filter((row): row is FoundRow => row.match.kind === 'one');
    const labels = readLabels(
      project.db,
      found.map(({ label }) => label),
      path.basename(absolute),
    );
    const first = new Map(found.toReversed().map((row) => [row.match.path, row]));
    const contrary = found.filter((row) => first.get(row.match.path)!.label !== row.label).length;
    const pictures = found
      .filter((row) => first.get(row.match.path) === row)
      .map(({ match, label, split }) => ({
        directory: path.dirname(match.path),
        name: path.basename(match.path),
        label: labels.labelOf(label),
        split,
      }));
    const repeated =
      contrary === 0
        ? []
        : [
            `${plural(contrary, 'row gives', 'rows give')} a picture another label than its first row, which counts.`,
          ];
    return {
      layout: 'csv',
      pictures: [...pictures, ...missing(rows, folder)],
      naming: labels.naming,
      notes: [...notes, ...labels.notes, ...repeated],
    };
  };
  const unreadable = rows.flatMap(({ given, place, problem }) =>
    problem && (problem.code !== 'not-found' || place.local === null)
      ? [{ path: expectedAt(place, given, folder), ...problem }]
      : [],
  );
  return ingest(project, { ...source, plan, unreadable }, options);
}

/** Pictures whose file is not there, at the place where it was expected: the library may know them. */
function missing(rows: readonly PictureRow[], folder: string): Plan['pictures'] {
  const files = new Set<string>();
  for (const { place, given, problem } of rows) {
    if (problem?.code === 'not-found' && place.local !== null) files.add(expectedAt(place, given, folder));
  }
  return [...files].map((file) => ({
    directory: path.dirname(file),
    name: path.basename(file),
    label: null,
    split: null,
  }));
}

async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder); // told of when the table is opened
}

/** Tells of folders that are looked through, ten times a second at most. */
function scanning({ onProgress }: ImportOptions): (pictures: number) => void {
  let last = 0;
  return (done) => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    onProgress?.({
      stage: 'scanning',
      fraction: null,
      done,
      total: null,
      added: 0,
      leftOut: 0,
      leftMs: null,
    });
  };
}
