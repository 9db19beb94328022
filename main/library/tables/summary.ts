import path from 'node:path';
import { formatCount, plural } from '../../../shared/format.ts';
import { pathOf } from '../pictures/place.ts';
import type { Columns } from './columns.ts';
import { separatorName } from './dialect.ts';
import type { Finder } from './find-files.ts';
import type { ParsedTable, TableRow } from './parse.ts';
import type { PictureRow } from './read.ts';
import type { TableText } from './text.ts';

/** Rows that are listed individually. */
const LISTED = 5;

/** How a table was read and which rows were not used, as sentences. */
export function summarise({
  name,
  text,
  table,
  columns,
  rows,
  uneven,
  unknownSplits,
  finder,
}: {
  name: string;
  text: TableText;
  table: ParsedTable;
  columns: Columns;
  rows: readonly PictureRow[];
  uneven: readonly TableRow[];
  unknownSplits: ReadonlyMap<string, number>;
  finder: Finder;
}): string[] {
  const notes = [`${name}: ${plural(rows.length, 'row')}${separated(table)}. ${used(columns)}.`];
  if (text.encoding === 'Windows-1252') {
    const word = foreignWord(table.rows);
    notes.push(
      `${name} is not UTF-8 and was read as Windows-1252${word ? `: "${word}"` : ''}. If that looks wrong, save the table as UTF-8 and import it again.`,
    );
  }
  if (table.comments > 0) {
    notes.push(
      `${plural(table.comments, 'line')} starting with # ${were(table.comments)} skipped as comments.`,
    );
  }
  if (uneven.length > 0) {
    const { cells, line } = uneven[0]!;
    notes.push(
      `${plural(uneven.length, 'row')} with more than ${plural(columns.width, 'column')} ${were(uneven.length)} skipped: line ${line} has ${cells.length}.`,
    );
  }
  const named = rows.filter(({ match }) => match.kind === 'one' && match.by === 'name');
  if (named.length > 0) {
    const { given, match } = named[0]!;
    notes.push(
      `${plural(named.length, 'picture')} ${were(named.length)} found by name ${finder.where}, such as ${given}: ${match.kind === 'one' ? pathOf(match.place) : ''}.`,
    );
  }
  const lost = rows.filter(({ match }) => match.kind === 'none');
  if (lost.length > 0) {
    notes.push(`The pictures of ${rowsOf(lost, rows)} were not found: ${lines(lost)}.`);
  }
  const unclear = rows.filter(({ match }) => match.kind === 'several');
  if (unclear.length > 0) {
    notes.push(
      `${rowsOf(unclear, rows)} match several pictures and ${were(unclear.length)} skipped: ${lines(unclear)}.`,
    );
  }
  if (unknownSplits.size > 0) {
    const words = [...unknownSplits]
      .slice(0, LISTED)
      .map(([word, count]) => `"${word}" (${plural(count, 'row')})`);
    notes.push(
      `Unknown words in the split column were ignored: ${words.join(', ')}. Expected: train, validation or test.`,
    );
  }
  return notes;
}

function separated({ separator }: ParsedTable): string {
  return separator === null ? '' : ` separated by ${separatorName(separator)}`;
}

function used({ headings, path: pictures, label, oneHot, split }: Columns): string {
  const nameOf = (column: number): string => (headings ? `"${headings[column]!}"` : `column ${column + 1}`);
  const labels = oneHot ? oneHot.map(nameOf).join(' and ') : label === null ? 'none' : nameOf(label);
  const parts = [`pictures: ${nameOf(pictures)}`, `labels: ${labels}`];
  if (split !== null) parts.push(`split: ${nameOf(split)}`);
  const line = parts.join('; ');
  return line[0]!.toUpperCase() + line.slice(1);
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function rowsOf(some: readonly unknown[], all: readonly unknown[]): string {
  return `${formatCount(some.length)} of ${plural(all.length, 'row')}`;
}

function lines(rows: readonly PictureRow[]): string {
  const listed = rows.slice(0, LISTED).map(({ line, given }) => `line ${line} (${path.basename(given)})`);
  const more = rows.length > LISTED ? ` and ${formatCount(rows.length - LISTED)} more` : '';
  return listed.join(', ') + more;
}

/** The first word with a character outside ASCII, which shows whether the encoding is right. */
function foreignWord(rows: readonly TableRow[]): string | undefined {
  for (const { cells } of rows) {
    for (const cell of cells) {
      const word = /[^\s/\\]*[^\0-\x7f][^\s/\\]*/.exec(cell);
      if (word) return word[0];
    }
  }
  return undefined;
}
