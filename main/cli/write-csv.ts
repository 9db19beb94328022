import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { plural } from '../../shared/plural.ts';
import { toCsv } from '../files/csv.ts';
import type { Output } from './output.ts';

/**
 * Writes rows as CSV to a file, or to standard output where it is `-`.
 *
 * @param what a row is, in the singular
 */
export async function writeCsv<Column extends string>(
  rows: readonly Record<Column, unknown>[],
  columns: readonly Column[],
  file: string,
  what: string,
  output: Output,
): Promise<void> {
  const text = toCsv(rows, columns);
  if (file === '-') {
    output.raw(text);
    return;
  }
  await writeFileAtomic(file, text);
  output.line(`Wrote ${plural(rows.length, what)} to ${path.resolve(file)}.`);
}
