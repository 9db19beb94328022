import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ImportReport } from '../../../shared/library/import.ts';
import { plural } from '../../../shared/format.ts';
import { inTurns } from '../../support/in-turns.ts';
import type { Project } from '../folder.ts';
import { CANCELLED, ingest, type ImportOptions } from './ingest.ts';
import type { Plan, Planned } from './layout.ts';
import { fileFinder } from '../tables/find-files.ts';
import { readLabels } from '../tables/labels.ts';
import { expectedAt } from '../tables/cell-path.ts';
import { readPictureTable, type PictureRow } from '../tables/read.ts';
import { splitByFolders } from '../tables/split-folders.ts';
import { pathOf, placeOf } from '../pictures/place.ts';
import { nothingFound } from './walk.ts';
import { reportScanning } from './scanning.ts';

/** Rows per turn of the event loop. */
const AT_ONCE = 500;

/**
 * Imports the pictures listed in a table, with labels and splits (see docs/tables.md). They are found at their paths,
 * relative to the table's folder, or by name below it. Of several rows for one picture the first counts.
 *
 * @param folders searched in addition to the table's own
 * @throws TwofoldError `not-found`, `unsupported`, `bad-input`, in which case nothing is imported; the errors of
 * `importFolder`
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
    // Runs in the transaction that starts the import, so only what depends on the classes is here.
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

/** The first row of each picture; rows whose picture was not found are refused, at its expected path. */
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
    for (const { match, cell, given, label, split, problem } of some) {
      const place = match.kind === 'one' ? match.place : placeOf(expectedAt(cell, given, folder));
      const file = pathOf(place);
      if (match.kind === 'one') written.set(label, (written.get(label) ?? 0) + 1);
      const before = first.get(file);
      if (before !== undefined) {
        if (before !== label && match.kind === 'one') contrary++;
        continue;
      }
      first.set(file, label);
      const picture = { ...place, label: null, split };
      // A missing file is reported when it is examined, since the library may know it.
      const isMissing = problem?.code === 'not-found' && cell.local !== null;
      const refused =
        problem && !isMissing ? { path: expectedAt(cell, given, folder), ...problem } : undefined;
      planned.push({
        picture: { ...picture, ...(refused && { refused }) },
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
            `${plural(contrary, 'row contradicts', 'rows contradict')} the label of an earlier row for the same picture; the first row counts.`,
          ],
  };
}

async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder); // reported when the table is opened
}
