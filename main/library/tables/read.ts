import path from 'node:path';
import { mapAhead } from '../../support/ahead.ts';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import type { Split } from '../../../shared/split.ts';
import { fromCell } from '../../files/csv.ts';
import { inTurns } from '../../support/in-turns.ts';
import { hashFile } from '../../pictures/hash.ts';
import { pathOf } from '../pictures/place.ts';
import { decideColumns, oneHotLabel, splitIn, type Columns } from './columns.ts';
import type { Finder } from './find-files.ts';
import type { Match } from './name-index.ts';
import { parseTable, type TableRow } from './parse.ts';
import { cellPath, type CellPath } from './cell-path.ts';
import { summarise } from './summary.ts';
import { readText } from './text.ts';

/** A row of a table of pictures and labels. */
export interface PictureRow {
  line: number;
  /** The cell that names the picture. */
  given: string;
  cell: CellPath;
  match: Match;
  /** Why no picture was found, as a sentence; null if one was. */
  problem: { code: ErrorCode; message: string } | null;
  /** As written; empty: no label. */
  label: string;
  split: Split | null;
  /** In lower case. */
  sha256: string | null;
}

/** A row whose picture was found. */
export type FoundRow = PictureRow & { match: { kind: 'one' } };

export interface PictureTable {
  /** In the table's order. */
  rows: PictureRow[];
  hasLabels: boolean;
  hasSplits: boolean;
  /** How the table was read, as sentences. */
  notes: string[];
}

/** Number of rows from which the columns are determined, and of cells per column that are looked up as files. */
const DECIDING_ROWS = 2000;
const LOOKED_UP = 100;
const AT_ONCE = 500;
const HASHED_AHEAD = 4;

/**
 * Reads a table of pictures and labels as described in docs/tables.md, in turns of the event loop.
 *
 * @param finder finds its pictures
 * @returns null if `signal` was aborted
 * @throws TwofoldError `not-found` (the file, or all of its pictures), `unsupported` (a spreadsheet), `bad-input` (not
 * a text, not a table, no column of pictures)
 */
export async function readPictureTable(
  file: string,
  finder: Finder,
  signal?: AbortSignal,
): Promise<PictureTable | null> {
  const name = path.basename(file);
  const text = await readText(file);
  const table = await parseTable(text, name);
  if (table.rows.length === 0) {
    throw new TwofoldError(
      'bad-input',
      `${name} has no rows. Expected one picture in each row, for example photos/1.jpg,cat.`,
    );
  }
  const deciding = table.rows.slice(0, DECIDING_ROWS);
  const columns = decideColumns(deciding, await filesIn(deciding, finder), name);
  const body = columns.headings ? table.rows.slice(1) : table.rows;
  const rows: PictureRow[] = [];
  const uneven: TableRow[] = [];
  const unknownSplits = new Map<string, number>();
  for await (const some of inTurns(body, AT_ONCE)) {
    for (const row of some) {
      if (row.cells.length > columns.width && row.cells.slice(columns.width).some((cell) => cell !== '')) {
        uneven.push(row);
        continue;
      }
      const read = readRow(row, columns, unknownSplits);
      if (read.given !== '') rows.push(read);
    }
  }
  await find(rows, finder);
  if (signal?.aborted) return null;
  for await (const some of inTurns(rows, AT_ONCE))
    for (const row of some) row.problem = problemOf(row, finder);
  if (rows.every(({ problem }) => problem !== null)) throw nothingFound(rows, finder, name);
  const notes = summarise({ name, text, table, columns, rows, uneven, unknownSplits, finder });
  return {
    rows,
    hasLabels: columns.label !== null || columns.oneHot !== null,
    hasSplits: columns.split !== null,
    notes,
  };
}

/** Which cells of the first rows name files: by path or, if none does, by name. */
async function filesIn(
  rows: readonly TableRow[],
  finder: Finder,
): Promise<{ files: number[]; first: boolean[] }> {
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const sample = rows.slice(0, LOOKED_UP);
  for (const look of [finder.atPath, finder.byName]) {
    const files: number[] = [];
    const first: boolean[] = [];
    for (let column = 0; column < width; column++) {
      const matches = await look(sample.map(({ cells }) => cellPath(fromCell(cells[column] ?? ''))));
      const found = matches.map(({ kind }) => kind !== 'none');
      first.push(found[0]!);
      // Distinct files only: a label that is a file's name too names the same one in many rows.
      files.push(
        new Set(sample.flatMap(({ cells }, row) => (row > 0 && found[row] ? [cells[column]] : []))).size,
      );
    }
    if (look === finder.byName || files.some((count) => count > 0) || first.includes(true))
      return { files, first };
  }
  return { files: [], first: [] };
}

function readRow(row: TableRow, columns: Columns, unknownSplits: Map<string, number>): PictureRow {
  const cell = (column: number | null): string => (column === null ? '' : fromCell(row.cells[column] ?? ''));
  const given = cell(columns.path);
  const split = splitIn(cell(columns.split));
  if (split === 'unknown') {
    const word = cell(columns.split);
    unknownSplits.set(word, (unknownSplits.get(word) ?? 0) + 1);
  }
  const sha256 = cell(columns.sha256).toLowerCase();
  return {
    line: row.line,
    given,
    cell: cellPath(given),
    match: { kind: 'none' },
    problem: null,
    label: columns.oneHot ? oneHotLabel(row, columns.oneHot, columns.headings!) : cell(columns.label),
    split: split === 'unknown' ? null : split,
    sha256: /^[\da-f]{64}$/.test(sha256) ? sha256 : null,
  };
}

/** Finds the pictures of all rows: by path, then by content if the table has it, then by name. */
async function find(rows: readonly PictureRow[], finder: Finder): Promise<void> {
  const left = (): PictureRow[] => rows.filter(({ match }) => match.kind === 'none');
  const look = async (how: Finder['atPath'], some: PictureRow[]): Promise<void> => {
    const matches = await how(some.map(({ cell }) => cell));
    some.forEach((row, index) => (row.match = matches[index]!));
  };
  await look(finder.atPath, left());
  if (finder.byContent) {
    for await (const some of inTurns(left(), AT_ONCE)) {
      for (const row of some) {
        if (row.sha256 !== null) row.match = finder.byContent(row.sha256) ?? row.match;
      }
    }
  }
  // If the content is known but not in the project, a picture with the same name is a different one.
  const byName = left().filter(({ sha256 }) => sha256 === null || !finder.byContent);
  if (byName.length > 0) await look(finder.byName, byName);
  await checkContents(byName);
  await contest(rows);
}

/** Rejects pictures found by name whose content is not the one in the table. */
async function checkContents(rows: readonly PictureRow[]): Promise<void> {
  const known = rows.filter((row) => row.sha256 !== null && row.match.kind === 'one');
  const hash = async (row: PictureRow): Promise<[PictureRow, string | null]> => {
    const file = pathOf((row.match as FoundRow['match']).place);
    return [
      row,
      await hashFile(file).then(
        ({ sha256 }) => sha256,
        () => null,
      ),
    ];
  };
  for await (const [row, sha256] of mapAhead(known, HASHED_AHEAD, hash)) {
    if (sha256 !== null && sha256 !== row.sha256) row.match = { kind: 'none' };
  }
}

/** A file that several rows match by name only is used for none of them, unless one has its path. */
async function contest(rows: readonly PictureRow[]): Promise<void> {
  if (!rows.some(({ match }) => match.kind === 'one' && match.by === 'name')) return;
  /** For each file the row that names it by path or content, otherwise by name. */
  const claims = new Map<string, PictureRow>();
  const contested = new Set<string>();
  for await (const some of inTurns(rows, AT_ONCE)) {
    for (const row of some) {
      if (row.match.kind !== 'one') continue;
      const { place, by } = row.match;
      const file = pathOf(place);
      const claim = claims.get(file);
      if (claim && claim.given !== row.given) contested.add(file);
      if (!claim || by !== 'name') claims.set(file, row);
    }
  }
  if (contested.size === 0) return;
  for await (const some of inTurns(rows, AT_ONCE)) {
    for (const row of some) {
      if (row.match.kind !== 'one' || row.match.by !== 'name') continue;
      const { place } = row.match;
      const file = pathOf(place);
      if (!contested.has(file)) continue;
      const claim = claims.get(file)!.match;
      const isCertain = claim.kind === 'one' && claim.by !== 'name';
      row.match = isCertain ? { kind: 'none' } : { kind: 'several', places: [place] };
    }
  }
}

function problemOf({ match, given }: PictureRow, { where }: Finder): PictureRow['problem'] {
  if (match.kind === 'one') return null;
  if (match.kind === 'none') {
    return { code: 'not-found', message: `No picture "${given}" was found ${where}.` };
  }
  const [one, two] = match.places.map(pathOf) as [string, ...string[]];
  const why = two
    ? `could be ${one} or ${two}${match.places.length > 2 ? ' or others' : ''}`
    : `and another row both match ${one} by name only`;
  return { code: 'bad-input', message: `"${given}" ${why}. Give more of the path in the table.` };
}

function nothingFound(rows: readonly PictureRow[], { where }: Finder, name: string): TwofoldError {
  const first = rows[0];
  const what = first
    ? `None of the pictures in ${name} was found ${where}. Line ${first.line}: ${first.problem!.message}`
    : `${name} does not name any pictures.`;
  return new TwofoldError(
    'not-found',
    `${what} Nothing was changed. Move the table to the folder of its pictures or correct the paths in it, and import it again.`,
  );
}
