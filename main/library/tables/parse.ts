import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse, CsvError } from 'csv-parse';
import { TwofoldError } from '../../../shared/errors.ts';
import { dialectOf, parseOptions } from './dialect.ts';
import type { TableText } from './text.ts';

export interface TableRow {
  /** Where it ends in the file, from 1. */
  line: number;
  cells: string[];
}

export interface ParsedTable {
  rows: TableRow[];
  /** Null where the lines have one cell each. */
  separator: string | null;
  /** Lines that begin with `#`. */
  comments: number;
}

/** Characters that decide the separator. */
const SAMPLE = 32 * 1024;

/**
 * Divides a text into rows and cells, in pieces that take some milliseconds each. Blank lines, rows of empty cells and
 * lines that begin with `#` are no rows.
 *
 * @throws TwofoldError `bad-input` where a quotation mark is never closed; whatever the pieces throw
 */
export async function parseTable(text: TableText, file: string): Promise<ParsedTable> {
  let sample = '';
  let isWhole = true;
  for (const piece of text.pieces()) {
    isWhole = sample.length < SAMPLE;
    if (!isWhole) break;
    sample += piece;
  }
  // The last line of a part is cut off somewhere.
  const { separator, skip } = dialectOf(isWhole ? sample : sample.replace(/[^\r\n]*$/, ''), file);
  const parser = parse({ ...parseOptions(separator), info: true });
  const rows: TableRow[] = [];
  try {
    await pipeline(Readable.from(inTurns(text, skip)), parser, async (records: AsyncIterable<unknown>) => {
      for await (const each of records) {
        const { record, info } = each as { record: string[]; info: { lines: number } };
        if (record.some((cell) => cell !== ''))
          rows.push({ line: info.lines + (skip > 0 ? 1 : 0), cells: record });
      }
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? ` (line ${error.lines})` : '';
    const what =
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? `a quotation mark is never closed${line}` : error.message;
    throw new TwofoldError(
      'bad-input',
      `${file} could not be read as a table: ${what}. Correct it, and import the table again.`,
      { cause: error },
    );
  }
  return { rows, separator, comments: parser.info.comment_lines };
}

async function* inTurns(text: TableText, skip: number): AsyncGenerator<string> {
  let left = skip;
  for (const piece of text.pieces()) {
    // An empty piece would end the stream.
    if (piece.length > left) yield piece.slice(left);
    left = Math.max(0, left - piece.length);
    await nextTurn();
  }
}
