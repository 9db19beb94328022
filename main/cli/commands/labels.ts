import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { swap } from '../../engine/class-order.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { exportLabelsCsv, importLabelsCsv } from '../../library/labels/labels-csv.ts';
import { explainLabel } from '../../library/labels/labels.ts';
import { getCounts } from '../../library/pictures/pictures.ts';
import type { Project } from '../../library/folder.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import { formatCount, plural } from '../../../shared/format.ts';
import { idOf } from '../find-pictures.ts';
import { printable, table } from '../format.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { reportSwap } from '../report-swap.ts';

interface Flags {
  csv?: string;
  import?: string;
  history?: string;
  swap?: true;
}

/** How many of the skipped rows are listed; with --json all are. */
const LISTED = 20;

export function addLabels(program: Command, output: Output): void {
  program
    .command('labels')
    .description(
      'count the labels; export or import them as CSV; show the history of a label; swap the classes',
    )
    .argument('<project>', 'project folder')
    .option(
      '--csv <file>',
      'export them as CSV (path, sha256, label, split, when, source); - for standard output',
    )
    .option('--import <file>', 'import labels from such a CSV file')
    .option('--history <picture>', 'show every change of a picture’s label')
    .option(
      '--swap',
      'swap the classes, so that the other one is class 1, the positive class; undo with `twofold label --undo`',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  twofold labels traps\n  twofold labels traps --csv labels.csv\n  twofold labels traps --history night-1.jpg\n  twofold labels traps --swap',
    )
    .action((given: string, flags: Flags) =>
      withProject(
        given,
        output,
        async (project) => {
          if (flags.swap) {
            await swap(project, 'cli');
            reportSwap(project, output);
          } else if (flags.import !== undefined) await importFrom(project, flags.import, output);
          else if (flags.csv !== undefined) await exportTo(project, flags.csv, output);
          else if (flags.history !== undefined) await explain(project, flags.history, output);
          else summarise(project, output);
        },
        { readOnly: flags.import === undefined && !flags.swap },
      ),
    );
}

function summarise(project: Project, output: Output): void {
  const [zero, one] = getClasses(project.db);
  const counts = getCounts(project.db);
  output.event('done', {
    ...counts,
    classes: [zero, one].map(({ name }, index) => ({ name, count: counts.classes[index] })),
  });
  output.line(
    table(
      ['label', 'pictures'],
      [
        [`0  ${zero.name}`, counts.classes[0]],
        [`1  ${one.name}`, counts.classes[1]],
        ['skipped', counts.skipped],
        ['unlabelled', counts.unlabelled],
        ['all', counts.total],
        ...(counts.test > 0 ? [['in the test set', counts.test]] : []),
      ],
    ),
  );
  const problems = counts.missing + counts.changed;
  if (problems > 0) output.line(`${plural(problems, 'picture')} missing or changed since import.`);
}

async function exportTo(project: Project, file: string, output: Output): Promise<void> {
  const text = exportLabelsCsv(project.db);
  if (file === '-') output.raw(text);
  else {
    await writeFile(file, text);
    output.line(`Wrote ${path.resolve(file)}.`);
    output.event('done', { file: path.resolve(file) });
  }
}

async function importFrom(project: Project, file: string, output: Output): Promise<void> {
  const report = await importLabelsCsv(project, path.resolve(file));
  for (const problem of report.problems) output.event('left-out', problem);
  output.event('done', { changed: report.changed, leftOut: report.problems.length, notes: report.notes });
  output.line(`Changed the label of ${plural(report.changed, 'picture')}.`);
  for (const note of report.notes) output.line(note);
  for (const { message } of report.problems.slice(0, LISTED)) output.line(`  ${printable(message)}`);
  if (report.problems.length > LISTED)
    output.line(`  … and ${formatCount(report.problems.length - LISTED)} more; --json lists them all.`);
}

async function explain(project: Project, file: string, output: Output): Promise<void> {
  const id = await idOf(project, file);
  const classes = getClasses(project.db);
  const name = (label: LabelValue): string =>
    label === null ? 'none' : label === 'skipped' ? 'skipped' : classes[label].name;
  const events = explainLabel(project.db, id);
  for (const event of events) output.event('label', event);
  output.event('done', { events: events.length });
  if (events.length === 0) output.line('This picture was never labelled.');
  else {
    output.line(
      table(
        ['when (UTC)', 'from', 'to', 'how'],
        events.map(({ atMs, previous, label, action, source }) => [
          new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
          name(previous),
          name(label),
          action === 'set' ? source : action,
        ]),
      ),
    );
  }
}
