import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ImportReport } from '../../../shared/library.ts';
import { plural } from '../../../shared/format.ts';
import { inTurns } from '../../support/in-turns.ts';
import type { Project } from '../folder.ts';
import { CANCELLED, ingest, type ImportOptions } from './ingest.ts';
import type { Plan, Planned } from './layout.ts';
import { fileFinder } from '../tables/find-files.ts';
import { readLabels } from '../tables/labels.ts';
import { expectedAt } from '../tables/place.ts';
import { readPictureTable, type PictureRow } from '../tables/read.ts';
import { splitByFolders } from '../tables/split-folders.ts';
import { nothingFound } from './walk.ts';
import { reportScanning } from './scanning.ts';

/** Rows a turn of the event loop. */
const AT_ONCE = 500;

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
    onFound: reportScanning(options),
  });
  const table = await readPictureTable(absolute, finder, options.signal);
  const source = { source: 'csv' as const, path: absolute, rest: nothingFound() };
  if (!table) return ingest(project, { ...source, plan: () => CANCELLED }, options);
  const splitNote = table.hasSplits ? null : await splitByFolders(table.rows, folder);
  const { planned, written, contrary } = await planRows(table.rows, folder);
  const plan = (): Plan => {
    // In the transaction in which the import begins, so only what depends on the classes is done here.
    const { labelOf, naming, notes } = readLabels(
      project.db,
      written,
      path.basename(absolute),
      options.classes !== undefined,
    );
    const meaning = new Map([...written.keys()].map((label) => [label, labelOf(label)]));
    const labelled = function* (): Generator<Planned> {
      for (const { picture, label } of planned) yield { ...picture, label: meaning.get(label) ?? null };
    };
    return {
      layout: 'csv',
      count: planned.length,
      pictures: labelled(),
      naming,
      notes: [...table.notes, ...(splitNote === null ? [] : [splitNote]), ...notes, ...contrary],
    };
  };
  return ingest(project, { ...source, plan }, options);
}

/** Of each picture the first row; rows without a picture are left out, at the place where it was expected. */
async function planRows(
  rows: readonly PictureRow[],
  folder: string,
): Promise<{
  planned: { picture: Planned; label: string }[];
  written: Map<string, number>;
  contrary: string[];
}> {
  const planned: { picture: Planned; label: string }[] = [];
  const written = new Map<string, number>();
  const first = new Map<string, string>();
  let contrary = 0;
  for await (const some of inTurns(rows, AT_ONCE)) {
    for (const { match, place, given, label, split, problem } of some) {
      const file = match.kind === 'one' ? match.path : expectedAt(place, given, folder);
      if (match.kind === 'one') written.set(label, (written.get(label) ?? 0) + 1);
      const before = first.get(file);
      if (before !== undefined) {
        if (before !== label && match.kind === 'one') contrary++;
        continue;
      }
      first.set(file, label);
      const picture = { directory: path.dirname(file), name: path.basename(file), label: null, split };
      // A file that is not there is told of as such when it is looked at; the library may know it.
      const isGone = problem?.code === 'not-found' && place.local !== null;
      planned.push({
        picture: problem && !isGone ? { ...picture, refused: { path: file, ...problem } } : picture,
        label: problem ? '' : label,
      });
    }
  }
  return {
    planned,
    written,
    contrary:
      contrary === 0
        ? []
        : [
            `${plural(contrary, 'row gives', 'rows give')} a picture another label than its first row, which counts.`,
          ],
  };
}

async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder); // told of when the table is opened
}
