import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getClasses } from '../library/classes.ts';
import type { Project } from '../library/folder.ts';
import { writeLabelsCsv } from '../library/labels-csv.ts';
import { baseCard, writeCard } from './card.ts';
import { table } from './readme.ts';

export const LABELS_FILE = 'labels.csv';

/** Writes every label of a project into a folder that is there. @returns how many rows */
export async function exportLabels({ db, name }: Project, folder: string): Promise<number> {
  const rows = await writeLabelsCsv(db, join(folder, LABELS_FILE));
  const [zero, one] = getClasses(db);
  const classes: [string, string] = [zero.name, one.name];
  await writeFile(join(folder, 'README.md'), readme(name, classes, rows));
  await writeCard(folder, baseCard('labels', classes));
  return rows;
}

function readme(project: string, [zero, one]: readonly [string, string], rows: number): string {
  const columns = [
    ['path', 'where the picture was when it was last seen'],
    ['sha256', 'of the file’s content, so that it is found again wherever it is'],
    ['label', `\`${zero}\` (class 0), \`${one}\` (class 1) or \`skipped\``],
    ['split', '`train` or `validation` where it is set; empty where training decides'],
    ['when', 'of the label, ISO 8601 in UTC'],
    ['source', 'how it came: mouse, key, cli, folder, csv or review'],
  ];
  return `# Labels of ${project}

\`${LABELS_FILE}\` has ${rows.toLocaleString('en-US')} rows, one for each picture that is labelled or skipped (UTF-8, RFC 4180):

${table(['Column', 'Meaning'], columns)}

Twofold reads it back with \`twofold labels PROJECT --import ${LABELS_FILE}\`, a new project with
\`twofold import --csv ${LABELS_FILE} --project PROJECT\`.
`;
}
