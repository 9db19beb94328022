import type { Command } from 'commander';
import { CHECK_KINDS, CHECKS, type Check } from '../../../shared/checks.ts';
import { plural } from '../../../shared/format.ts';
import { countChecks, measurePictures, propertiesOfClasses } from '../../engine/checks.ts';
import { PROPERTY_CONSEQUENCE, propertySentence } from '../../../shared/properties.ts';
import { toCsv } from '../../files/csv.ts';
import type { Project } from '../../library/folder.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { getPictures } from '../../library/pictures/pictures.ts';
import { listPictureIds } from '../../library/reading/grid.ts';
import { PicturePool } from '../../pictures/pool.ts';
import { printable, table } from '../format.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { writeCsv } from '../write-csv.ts';

interface Flags {
  count: number;
  csv?: string;
}

export function addCheck(program: Command, output: Output): void {
  program
    .command('check')
    .description('list pictures that are nearly one colour, dark, bright, blurred, small or of unusual shape')
    .argument('<project>', 'project folder')
    .option('--count <n>', 'how many pictures to list', parseCount, 20)
    .option('--csv <file>', 'write all of them as CSV; - for standard output')
    .addHelpText(
      'after',
      '\nAlso tests whether such a property predicts the class, since a model may learn that instead.\n\nExample:\n  twofold check traps --csv unusual.csv',
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output)),
    );
}

async function work(project: Project, { count, csv }: Flags, output: Output): Promise<void> {
  await measure(project, output);
  const { db } = project;
  const rows = listUnusual(project);
  for (const row of rows) output.event('check', row);
  const names = getClasses(db).map(({ name }) => name) as [string, string];
  const properties = propertiesOfClasses(db);
  for (const { property, class: index, auc, pictures, isNotable } of properties) {
    output.event('property', { property, class: names[index], auc, pictures, notable: isNotable });
  }
  const counts = countChecks(db);
  output.event('done', { pictures: rows.length, counts });
  if (csv !== undefined) {
    const lines = rows.map(({ path, checks }) => ({ path, checks: checks.join(' ') }));
    await writeCsv(toCsv(lines, ['path', 'checks']), csv, rows.length, 'picture', output);
  } else {
    show(rows, count, output);
  }
  output.line(CHECK_KINDS.map((check) => `${CHECKS[check].label}: ${counts[check]}`).join(', '));
  const notable = properties.filter(({ isNotable }) => isNotable);
  for (const one of notable) output.line(`${propertySentence(one, names)}. ${PROPERTY_CONSEQUENCE}`);
}

async function measure(project: Project, output: Output): Promise<void> {
  const pool = new PicturePool();
  try {
    const unreadable = await cancellable(output, ({ signal }) =>
      measurePictures(project, pool, {
        onProgress: (progress) => output.progress('measuring', progress),
        signal,
      }),
    );
    if (unreadable.length > 0) output.note(`${plural(unreadable.length, 'picture')} could not be read.`);
  } finally {
    await pool.close();
  }
}

/** Pictures to which a check applies, in the order in which they were added. */
function listUnusual({ db }: Project): { path: string; checks: Check[] }[] {
  const checks = new Map<number, Check[]>();
  for (const check of CHECK_KINDS) {
    for (const id of listPictureIds(db, { filter: { kind: 'check', check } })) {
      checks.set(id, [...(checks.get(id) ?? []), check]);
    }
  }
  const ids = [...checks.keys()].sort((a, b) => a - b);
  return getPictures(db, ids).map(({ id, path }) => ({ path, checks: checks.get(id)! }));
}

function show(rows: readonly { path: string; checks: Check[] }[], count: number, output: Output): void {
  if (rows.length === 0) return;
  const lines = rows
    .slice(0, count)
    .map(({ path, checks }) => [printable(path), checks.map((check) => CHECKS[check].label).join(', ')]);
  output.line(table(['picture', 'unusual'], lines));
  if (rows.length > count) output.line(`… and ${rows.length - count} more; --csv writes them all.`);
}
