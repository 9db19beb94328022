import { createReadStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse';
import type { Split } from '../../../shared/jobs.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { reason } from '../walk.ts';

/** A row of a table of pictures and labels. */
export interface CsvRow {
  /** Absolute; the folder's symbolic links resolved where it exists. */
  path: string;
  /** As written; empty: no label. */
  label: string;
  split: Split | null;
  sha256: string | null;
}

type Field = 'path' | 'label' | 'split' | 'sha256';

const HEADINGS: Record<string, Field> = {
  path: 'path',
  file: 'path',
  filename: 'path',
  file_name: 'path',
  filepath: 'path',
  image: 'path',
  picture: 'path',
  label: 'label',
  class: 'label',
  category: 'label',
  split: 'split',
  subset: 'split',
  sha256: 'sha256',
};
const SPLITS: Record<string, Split> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  val: 'validation',
};

/**
 * Reads a CSV file with a picture's path and its label in each row. With headings (path, label, and if present split and
 * sha256, in any order) or without (path, label). UTF-8 with or without mark; comma, semicolon, tab or bar. Paths count
 * from the file's folder.
 *
 * @throws TwofoldError `not-found`, `bad-input`
 */
export async function readPictureCsv(file: string): Promise<CsvRow[]> {
  const delimiter = delimiterOf(await firstLine(file), file);
  const realPath = pathsFrom(path.dirname(path.resolve(file)));
  const found: CsvRow[] = [];
  let columns: (Field | undefined)[] | null = null;
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }),
  );
  try {
    for await (const record of parser) {
      const cells = record as string[];
      if (!columns) {
        const headings = cells.map((cell) => HEADINGS[cell.toLowerCase()]);
        const isHeading = headings.includes('path');
        columns = isHeading ? headings : ['path', 'label'];
        if (isHeading) continue;
      }
      const cell = (field: Field): string => cells[columns!.indexOf(field)] ?? '';
      if (cell('path') === '') continue;
      found.push({
        path: await realPath(cell('path')),
        label: cell('label'),
        split: SPLITS[cell('split').toLowerCase()] ?? null,
        sha256: /^[0-9a-f]{64}$/i.test(cell('sha256')) ? cell('sha256').toLowerCase() : null,
      });
    }
  } catch (error) {
    throw new TwofoldError(
      'bad-input',
      `${file} could not be read as CSV: ${error instanceof Error ? error.message : String(error)}. Expected one picture a row: path,label.`,
      { cause: error },
    );
  }
  return found;
}

async function firstLine(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(8192), 0, 8192, 0);
      bytes = buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new TwofoldError(
      'not-found',
      `The CSV file ${file} could not be opened (${reason(error)}). Check the path.`,
      {
        cause: error,
      },
    );
  }
  if (bytes.includes(0)) {
    throw new TwofoldError(
      'bad-input',
      `${file} is not a text in UTF-8. If a spreadsheet wrote it, save it again as "CSV UTF-8".`,
    );
  }
  return bytes.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

function delimiterOf(line: string, file: string): string {
  if (file.toLowerCase().endsWith('.tsv')) return '\t';
  const outside = line.replace(/"(?:[^"]|"")*"/g, '');
  const counted = [',', ';', '\t', '|'].map((sign) => ({ sign, count: outside.split(sign).length - 1 }));
  return counted.sort((a, b) => b.count - a.count)[0]!.sign;
}

/** Makes absolute, real paths from a base; each folder is looked up once. */
function pathsFrom(base: string): (given: string) => Promise<string> {
  const folders = new Map<string, Promise<string>>();
  return async (given) => {
    // Tables made on Windows are used elsewhere too; a backslash in a name is rarer than that.
    const portable = path.sep === '/' && !given.includes('/') ? given.replaceAll('\\', '/') : given;
    const absolute = path.resolve(base, portable);
    const folder = path.dirname(absolute);
    let real = folders.get(folder);
    if (!real) folders.set(folder, (real = realpath(folder).catch(() => folder)));
    return path.join(await real, path.basename(absolute));
  };
}
