import { stringify } from 'csv-stringify/sync';

/**
 * The start of a formula, which a spreadsheet would run when the file is opened. Includes apostrophes before it, so
 * that a cell with its own apostrophe can be distinguished from one that `toCsv` added.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/** Cells to quote in addition: with separators of other dialects, spaces at the ends, or a leading `#` (comment). */
const QUOTED = [/[;\t|]/, /^[\s#]|\s$/];

/**
 * Rows as CSV (RFC 4180, lines end with a line feed). All CSV files are written with this: text that begins like a
 * formula gets an apostrophe, so that spreadsheets do not run it, and `fromCell` removes it.
 *
 * @param header whether the first row has the names of the columns; default true
 */
export function toCsv<Column extends string>(
  rows: readonly Record<Column, unknown>[],
  columns: readonly Column[],
  { header = true }: { header?: boolean } = {},
): string {
  return stringify([...rows], {
    header,
    columns: [...columns],
    cast: { string: (text) => (FORMULA.test(text) ? `'${text}` : text) },
    quoted_match: QUOTED,
  });
}

/** The original text of a cell that `toCsv` wrote. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
