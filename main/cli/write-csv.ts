import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { plural } from '../../shared/format.ts';
import type { Output } from './output.ts';

/**
 * Writes a CSV file, or standard output if the file is `-`.
 *
 * @param what one row is, in the singular
 */
export async function writeCsv(
  text: string,
  file: string,
  rows: number,
  what: string,
  output: Output,
): Promise<void> {
  if (file === '-') {
    output.raw(text);
    return;
  }
  // A pipe or device (`>(…)`, /dev/stderr) is written to, not replaced by a file.
  const isReplaceable = await stat(file).then(
    (found) => found.isFile(),
    () => true,
  );
  await (isReplaceable ? writeFileAtomic(file, text) : writeFile(file, text));
  output.line(`Wrote ${plural(rows, what)} to ${path.resolve(file)}.`);
}
