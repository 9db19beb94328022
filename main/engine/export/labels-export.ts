import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../../shared/library.ts';
import { plural } from '../../../shared/format.ts';
import { getClasses } from '../../library/labels/classes.ts';
import type { Project } from '../../library/folder.ts';
import { writeLabelsCsv } from '../../library/labels/labels-csv.ts';
import { baseCard, writeCard } from '../../export/card/card.ts';
import { plain, table } from '../../export/card/markdown.ts';
import { sidesOf } from './split-pictures.ts';

export const LABELS_FILE = 'labels.csv';

/**
 * Writes every label of a project into a folder that is there.
 *
 * @param run whose split is told where none was set
 */
export async function exportLabels(
  { db, name }: Project,
  run: RunRecord | null,
  folder: string,
): Promise<void> {
  const sides = run ? sidesOf(db, run) : undefined;
  const rows = await writeLabelsCsv(db, join(folder, LABELS_FILE), sides);
  const [zero, one] = getClasses(db);
  const classes: [string, string] = [zero.name, one.name];
  await writeFile(join(folder, 'README.md'), readme(name, classes, run, rows));
  await writeCard(folder, baseCard('labels', classes));
}

function readme(
  project: string,
  [zero, one]: readonly [string, string],
  run: RunRecord | null,
  rows: number,
): string {
  const split = run
    ? `\`train\`, \`validation\` or \`test\`: as it was set, else as run ${run.id} had it; empty for pictures that were not in it`
    : '`train`, `validation` or `test` where it is set; empty where training decides';
  const columns = [
    ['path', 'where the picture was when it was last seen'],
    ['sha256', 'of the file’s content, so that it is found again wherever it is'],
    ['label', `${plain(zero)} (class 0), ${plain(one)} (class 1) or \`skipped\``],
    ['split', split],
    ['when', 'of the label, ISO 8601 in UTC'],
    ['source', 'how it came: mouse, key, cli, folder, csv or review'],
  ];
  return `# Labels of ${plain(project)}

\`${LABELS_FILE}\` has ${plural(rows, 'row')}, one for each picture that is labelled or skipped (UTF-8, RFC 4180):

${table(['Column', 'Meaning'], columns)}

Cells that a spreadsheet would run as formulas (they begin with =, +, - or @) have an apostrophe before them, which Twofold
takes away again.

Twofold reads it back with \`twofold labels PROJECT --import ${LABELS_FILE}\`, a new project with
\`twofold import --csv ${LABELS_FILE} --project PROJECT\`.
`;
}
