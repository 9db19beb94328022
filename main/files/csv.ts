import { stringify } from 'csv-stringify/sync';

/**
 * What a spreadsheet takes for the start of a formula, which it would run when the file is opened. Apostrophes before it
 * count too, so that a cell with an apostrophe of its own is told from one that `toCsv` put there.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/**
 * Cells in quotes although commas and quotes do not ask for it: separators of other countries' spreadsheets, spaces at
 * the ends, and `#`, which would begin a comment.
 */
const QUOTED = [/[;\t|]/, /^[\s#]|\s$/];

/**
 * Rows as CSV (RFC 4180, lines end with a line feed). Every CSV file of the program is written here: text that begins
 * like a formula gets an apostrophe, which spreadsheets show and do not run, and `fromCell` takes away.
 *
 * @param header the names of the columns as first row; default true
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

/** Text of a cell as it was before `toCsv` wrote it. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
