import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, Parser, type Options } from 'csv-parse';
import { TwofoldError } from '../../../shared/errors.ts';
import { dialectOf, parseOptions } from './dialect.ts';
import type { TableText } from './text.ts';

export interface TableRow {
  /** Line of the file where it ends, from 1. */
  line: number;
  cells: string[];
}

export interface ParsedTable {
  rows: TableRow[];
  /** Null if the lines have one cell each. */
  separator: string | null;
  /** Lines that begin with `#`. */
  comments: number;
}

/** Characters from which the separator is determined. */
const SAMPLE = 32 * 1024;

/**
 * Splits a text into rows and cells, in pieces of a few milliseconds each. Blank lines, rows of empty cells and lines
 * that begin with `#` are skipped.
 *
 * @throws TwofoldError `bad-input` if a quotation mark is not closed; errors of `text.pieces`
 */
export async function parseTable(text: TableText, file: string): Promise<ParsedTable> {
  let sample = '';
  let isWhole = true;
  for (const piece of text.pieces()) {
    isWhole = sample.length < SAMPLE;
    if (!isWhole) break;
    sample += piece;
  }
  // The last line of a sample is incomplete.
  const { separator, skip } = dialectOf(isWhole ? sample : sample.replace(/[^\r\n]*$/, ''), file);
  const parser = new RowParser(parseOptions(separator), skip > 0 ? 1 : 0);
  try {
    await pipeline(Readable.from(inTurns(text, skip)), parser.resume());
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? ` (line ${error.lines})` : '';
    const what =
      error.code === 'CSV_QUOTE_NOT_CLOSED' ? `a quotation mark is not closed${line}` : error.message;
    throw new TwofoldError(
      'bad-input',
      `${file} could not be read as a table: ${what}. Correct it and import the table again.`,
      { cause: error },
    );
  }
  return { rows: parser.rows, separator, comments: parser.info.comment_lines };
}

/** Collects rows while parsing, since the parser's own `info` for each row takes four times as long. */
class RowParser extends Parser {
  readonly rows: TableRow[] = [];

  constructor(
    options: Options,
    private readonly linesBefore: number,
  ) {
    super(options);
  }

  override push(cells: string[] | null): boolean {
    if (cells === null) return super.push(null);
    if (cells.some((cell) => cell !== '')) {
      this.rows.push({ line: this.info.lines + this.linesBefore, cells });
    }
    return true;
  }
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
