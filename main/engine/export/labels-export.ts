import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../../shared/library/runs.ts';
import { plural } from '../../../shared/format.ts';
import { getClasses } from '../../library/labels/classes.ts';
import type { Project } from '../../library/folder.ts';
import { writeLabelsCsv } from '../../library/labels/labels-csv.ts';
import { baseCard, writeCard } from '../../export/card/card.ts';
import { plain, table } from '../../export/card/markdown.ts';
import { sidesOf } from './split-pictures.ts';

const LABELS_FILE = 'labels.csv';

/**
 * Writes every label of a project to an existing folder.
 *
 * @param run its split is given for pictures without a stored split
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
    ? `\`train\`, \`validation\` or \`test\`: the split that was set, otherwise that of run ${run.id}; empty for pictures in neither`
    : '`train`, `validation` or `test` if it was set; empty if training chooses';
  const columns = [
    ['path', 'the last known location of the picture'],
    ['sha256', 'of the file’s content, which identifies moved and renamed files'],
    ['label', `${plain(zero)} (class 0), ${plain(one)} (class 1) or \`skipped\``],
    ['split', split],
    ['when', 'time of the label, ISO 8601 in UTC'],
    ['source', 'how it was labelled: mouse, key, cli, folder, csv, review or suggested'],
  ];
  return `# Labels of ${plain(project)}

\`${LABELS_FILE}\` has ${plural(rows, 'row')}, one for each picture that is labelled or skipped (UTF-8, RFC 4180):

${table(['Column', 'Meaning'], columns)}

Cells that a spreadsheet would run as formulas (those that begin with =, +, - or @) are preceded by an apostrophe, which
Twofold removes when it reads the file.

To read the file back, run \`twofold labels PROJECT --import ${LABELS_FILE}\`; to create a new project from it, run
\`twofold import --csv ${LABELS_FILE} --project PROJECT\`.
`;
}
