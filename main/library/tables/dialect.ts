import { parse, type Options } from 'csv-parse/sync';
import { hasPictureEnding } from '../import/walk.ts';

/** How a table's text is split into rows and cells. */
export interface Dialect {
  /** Null where each line is one cell. */
  separator: string | null;
  /** Length of a first line `sep=;`, which is not a row. */
  skip: number;
}

/** In order of preference: commas are the most frequent in names and numbers. */
const SEPARATORS = ['\t', ';', '|', ','];
/** Rows from which the separator is determined. */
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

/** Options for the parser. A quotation mark inside a cell is an ordinary character. */
export function parseOptions(separator: string | null): Options {
  return {
    // No text contains a zero character, so nothing is split.
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
 * Determines the separator: the one in a first line `sep=…`, otherwise the one that gives the most rows the same number
 * of columns, two or more, respecting quotes; of several, the one that keeps file names whole, then the one with more
 * columns. A `.tsv` file is split at tabs if it has any; spaces count only if nothing else does.
 *
 * @param sample the beginning of the text; a hundred lines are enough
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
  /** Rows with the most frequent number of columns, two or more. */
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
