import { parse, type Options } from 'csv-parse/sync';
import { hasPictureEnding } from '../import/walk.ts';

/** How a table's text is divided. */
export interface Dialect {
  /** Null where no character divides the lines: then each is one cell. */
  separator: string | null;
  /** Characters of a first line `sep=;`, which belongs to no row. */
  skip: number;
}

/** In the order that decides a draw: commas and spaces stand in names and numbers most often. */
const SEPARATORS = ['\t', ';', '|', ','];
/** Of this many rows the separator is decided. */
const ROWS = 200;

const NAMES: Readonly<Record<string, string>> = {
  '\t': 'tabs',
  ';': 'semicolons',
  '|': 'vertical bars',
  ',': 'commas',
  ' ': 'spaces',
};

export function separatorName(separator: string): string {
  return NAMES[separator] ?? `"${separator}"`;
}

/** How rows are parsed, whatever the separator. A quote within a cell is a character of it. */
export function parseOptions(separator: string | null): Options {
  return {
    // No text has a zero character, so it divides nothing.
    delimiter: separator ?? '\0',
    record_delimiter: ['\r\n', '\n', '\r'],
    comment: '#',
    comment_no_infix: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  };
}

/**
 * Decides how a table is divided: as its first line `sep=…` says, else by the separator that gives most rows the same
 * number of columns, two or more; quotes are respected. Of several the one that leaves file names whole, then the one
 * with more columns. A file called `.tsv` has tabs where there are any; single spaces count where nothing else does.
 *
 * @param sample the text from its start: a hundred lines are enough
 */
export function dialectOf(sample: string, file: string): Dialect {
  const stated = /^"?sep=([^\r\n])"?[ \t]*(?:\r\n|\n|\r|$)/i.exec(sample);
  if (stated) return { separator: stated[1]!, skip: stated[0].length };
  const rated = SEPARATORS.map((separator) => rate(sample, separator)).sort(better);
  const tabs = rated.find(({ separator }) => separator === '\t')!;
  if (/\.(tsv|tab)$/i.test(file) && tabs.rows > 0) return { separator: '\t', skip: 0 };
  const best = rated[0]!;
  if (best.rows * 2 >= best.all) return { separator: best.rows > 0 ? best.separator : null, skip: 0 };
  const spaces = rate(sample, ' ');
  return { separator: spaces.rows * 2 > spaces.all ? ' ' : null, skip: 0 };
}

interface Rating {
  separator: string;
  /** How many rows have the most frequent number of columns, two or more; of how many. */
  rows: number;
  all: number;
  columns: number;
  /** Cells that look like names of pictures. */
  names: number;
}

function rate(sample: string, separator: string): Rating {
  const rows: string[][] = parse(sample, {
    ...parseOptions(separator),
    to: ROWS,
    skip_records_with_error: true,
  });
  const counts = new Map<number, number>();
  for (const { length } of rows) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [columns, count] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  const names = rows.flat().filter(hasPictureEnding).length;
  return { separator, rows: count, all: rows.length, columns, names };
}

function better(a: Rating, b: Rating): number {
  return b.rows - a.rows || b.names - a.names || b.columns - a.columns;
}
