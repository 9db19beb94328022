import type { Split } from '../../../shared/split.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { clip } from '../../../shared/format.ts';
import { splitOf } from '../import/split-words.ts';
import { hasPictureEnding } from '../import/walk.ts';
import { headingOf, type Field } from './headings.ts';
import type { TableRow } from './parse.ts';

/** The indices of the columns of a table. */
export interface Columns {
  /** The first row, if it names the columns. */
  headings: string[] | null;
  /** Number of columns of most rows. */
  width: number;
  path: number;
  /** Null if the table has no labels. */
  label: number | null;
  /** Two columns of 0 and 1, each headed by a class, instead of labels. */
  oneHot: [number, number] | null;
  split: number | null;
  sha256: number | null;
}

const YES_NO = /^([01](\.0+)?|true|false)?$/i;
const YES = /^(1(\.0+)?|true)$/i;
/** Google's word for pictures without a split. */
const NO_SPLIT = /^unassigned$/i;

/**
 * Determines the contents of the columns, by heading or content:
 * - pictures: the column with a known heading that names existing files, otherwise any column that does;
 * - labels: the column with a known heading; otherwise the only remaining one; otherwise two columns of 0 and 1 headed
 * by the class names, with at most one 1 in each row;
 * - split and sha256: by heading, or if every cell is one.
 * The first row is a header if it has a known heading, or if it names no file while other rows do.
 *
 * @param files for each column, how many of the examined rows name a file, without the first row
 * @param first for each column, whether the first row names a file
 * @throws TwofoldError `bad-input`, listing the columns found and those expected
 */
export function decideColumns(
  rows: readonly TableRow[],
  { files, first }: { files: readonly number[]; first: readonly boolean[] },
  file: string,
): Columns {
  const width = usualWidth(rows);
  const all = Array.from({ length: width }, (_, column) => column);
  const top = all.map((column) => rows[0]?.cells[column] ?? '');
  const read = top.map(headingOf);
  // A picture may be named "image", but hardly one with the label "class".
  const isSure = ['path', 'label'].every((field) => read.some((heading) => heading?.field === field));
  const known = isSure || !first.includes(true) ? read : [];
  const under = (field: Field): number[] =>
    all
      .filter((column) => known[column]?.field === field)
      .sort((a, b) => known[a]!.rank - known[b]!.rank || a - b);
  const refuse = (what: string): never => {
    throw new TwofoldError('bad-input', `${what} ${seenAndExpected(rows, top, known.some(Boolean), file)}`);
  };

  const path =
    under('path').find((column) => files[column]! > 0) ??
    all
      .filter((column) => files[column]! > 0 || first[column])
      .sort((a, b) => files[b]! - files[a]! || a - b)[0] ??
    under('path')[0] ??
    (rows.length === 1 ? all.find((column) => hasPictureEnding(top[column]!)) : undefined) ??
    refuse(`No column of ${file} names existing pictures.`);
  const headed = isSure || (!first[path]! && (known.some(Boolean) || isHeading(rows, top, path)));
  const body = headed ? rows.slice(1) : rows;
  const cells = (column: number): string[] => body.map((row) => row.cells[column] ?? '');
  // A column of row numbers, as some programs write, has no heading.
  const others = all.filter(
    (column) => column !== path && (headed ? top[column] !== '' : cells(column).some((cell) => cell !== '')),
  );

  const sha256 = others.find((column) => every(cells(column), (cell) => /^[\da-f]{64}$/i.test(cell))) ?? null;
  const labels = under('label').filter((column) => column !== path);
  const rest = others.filter((column) => column !== sha256);
  const areSplits = (column: number): boolean =>
    every(cells(column), (cell) => splitOf(cell) !== null || NO_SPLIT.test(cell));
  const split =
    under('split').find((column) => known[column]!.rank === 0 || areSplits(column)) ??
    (rest.length > 1 ? rest.find((column) => !labels.includes(column) && areSplits(column)) : undefined) ??
    null;
  const left = rest.filter((column) => column !== split);
  const columns = { headings: headed ? top : null, width, path, label: null, oneHot: null, split, sha256 };

  if (labels.length > 0) {
    const label = theOneOf(labels, cells);
    if (label !== null) return { ...columns, label };
    const names = labels.map((column) => `"${top[column]!}"`).join(' and ');
    return refuse(`The columns ${names} of ${file} could all be the labels. Keep only one of them.`);
  }
  if (left.length === 0) return columns;
  if (left.length === 1) return { ...columns, label: left[0]! };
  if (headed && left.every((column) => every(cells(column), (cell) => YES_NO.test(cell)))) {
    if (left.length > 2)
      return refuse(`${file} has ${left.length} columns of 0 and 1; two classes were expected.`);
    return { ...columns, oneHot: left as [number, number] };
  }
  return refuse(`It is unclear which column of ${file} holds the labels.`);
}

/**
 * The label of a row in columns of 0 and 1: the heading of the column with the 1, empty if there is none.
 *
 * @throws TwofoldError `bad-input` if there is more than one, or any other text
 */
export function oneHotLabel(
  { line, cells }: TableRow,
  oneHot: readonly number[],
  headings: readonly string[],
): string {
  const yes = oneHot.filter((column) => YES.test(cells[column] ?? ''));
  if (yes.length < 2 && oneHot.every((column) => YES_NO.test(cells[column] ?? '')))
    return headings[yes[0] ?? -1] ?? '';
  const names = oneHot.map((column) => `"${headings[column]!}" (${cells[column] ?? ''})`).join(' and ');
  throw new TwofoldError(
    'bad-input',
    `Line ${line} has ${names}; one 1 and one 0 were expected. Nothing was imported. Correct the line and import the table again.`,
  );
}

/** The split in a cell; `unknown` for any other word. */
export function splitIn(cell: string): Split | null | 'unknown' {
  if (cell === '' || NO_SPLIT.test(cell)) return null;
  return splitOf(cell) ?? 'unknown';
}

/** Number of columns of most rows. */
function usualWidth(rows: readonly TableRow[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

function every(cells: readonly string[], is: (cell: string) => boolean): boolean {
  return cells.some((cell) => cell !== '') && cells.every((cell) => cell === '' || is(cell));
}

/** Whether a first row without known headings is a header: it names no picture and shares no cell with another row. */
function isHeading(rows: readonly TableRow[], top: readonly string[], path: number): boolean {
  if (rows.length < 2 || hasPictureEnding(top[path]!)) return false;
  return top.every(
    (word, column) => word === '' || rows.slice(1).every(({ cells }) => cells[column] !== word),
  );
}

/** Of label columns that are equivalent, the one with names; null if they differ. */
function theOneOf(labels: readonly number[], cells: (column: number) => string[]): number | null {
  const distinct = (...columns: number[]): number => {
    const lists = columns.map(cells);
    return new Set(lists[0]!.map((_, row) => JSON.stringify(lists.map((list) => list[row])))).size;
  };
  if (labels.some((column) => distinct(column) !== distinct(...labels))) return null;
  return labels.find((column) => cells(column).some((cell) => !/^[\d.]*$/.test(cell))) ?? labels[0]!;
}

function seenAndExpected(
  rows: readonly TableRow[],
  top: readonly string[],
  isNamed: boolean,
  file: string,
): string {
  const seen = top.slice(0, 12).map((word, column) => {
    const example = rows[1]?.cells[column];
    return isNamed && example !== undefined
      ? `"${clip(word)}" (such as "${clip(example)}")`
      : `"${clip(word)}"`;
  });
  const more = top.length > 12 ? ` and ${top.length - 12} more` : '';
  return `Columns found in ${file}: ${seen.join(', ')}${more}. Expected: a column of pictures headed path, filename, image or id, and a column of labels headed label, class, category or species; for example\npath,label\nphotos/1.jpg,cat`;
}
