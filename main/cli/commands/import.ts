import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportProgress, ImportReport } from '../../../shared/library.ts';
import { formatCount, plural } from '../../../shared/plural.ts';
import { inspectWith } from '../../engine/inspect.ts';
import { isProject, type Project } from '../../library/folder.ts';
import { importFolder } from '../../library/import.ts';
import { importTable } from '../../library/import-table.ts';
import { listImportItems } from '../../library/imports.ts';
import { createProject, openProject, closeProject } from '../../library/project.ts';
import { PicturePool } from '../../pictures/pool.ts';
import { printable } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';

interface Flags {
  project: string;
  csv?: string;
  plain?: boolean;
  thumbnails?: boolean;
}

/** How many of the files left out are listed; all of them are with --json. */
const LISTED = 20;

export function addImport(program: Command, output: Output): void {
  program
    .command('import')
    .description(
      'take the pictures of a folder, or of a CSV file, into a project; the files stay where they are',
    )
    .argument(
      '[folder]',
      'two sub-folders are the classes, train/ and validation/ set the split, else unlabelled',
    )
    .requiredOption('--project <project>', 'project folder; created when it is not there')
    .option('--csv <file>', 'a CSV file with the columns path and label instead of a folder')
    .option('--plain', 'do not read sub-folders as labels')
    .option('--thumbnails', 'make the thumbnails of the window now')
    .addHelpText(
      'after',
      '\nExamples:\n  twofold import photos --project traps\n  twofold import --csv labels.csv --project traps\n\nCtrl-C keeps what was imported; importing again goes on.',
    )
    .action(async (folder: string | undefined, flags: Flags, command: Command) => {
      if ((folder === undefined) === (flags.csv === undefined)) {
        command.error('error: give either a folder or --csv <file>.');
      }
      // Before a project is made: a mistyped name must not leave an empty one behind.
      await access(folder ?? flags.csv!);
      const project = !isProject(flags.project) ? createProject(flags.project) : openProject(flags.project);
      const pool = new PicturePool();
      const cancel = new AbortController();
      const forget = onInterrupt(output, () => {
        forget(); // a second Ctrl-C ends it at once
        cancel.abort();
      });
      try {
        const options = {
          inspect: inspectWith(pool, project, { thumbnails: flags.thumbnails === true }),
          onProgress: (progress: ImportProgress) => showProgress(progress, output),
          signal: cancel.signal,
        };
        const report =
          flags.csv !== undefined
            ? await importTable(project, flags.csv, options)
            : await importFolder(project, folder!, { ...options, mode: flags.plain ? 'plain' : 'auto' });
        show(project, report, output);
      } finally {
        forget();
        await pool.close();
        closeProject(project);
      }
    });
}

function showProgress({ stage, fraction, done, total, leftMs }: ImportProgress, output: Output): void {
  if (total === null) return;
  output.progress(stage, { fraction: fraction ?? 0, done, total, perSecond: null, leftMs });
}

function show(project: Project, report: ImportReport, output: Output): void {
  const leftOut = listImportItems(project.db, report.importId);
  for (const item of leftOut) output.event(item.kind, item);
  output.event('done', { project: project.folder, ...report });

  const parts: [number, string][] = [
    [report.added, 'added'],
    [report.alreadyThere, 'already there'],
    [report.moved, 'found at a new place'],
    [report.changed, 'taken up again with new content'],
    [report.duplicates, 'with the same content as another'],
    [report.leftOut, 'left out'],
  ];
  const said = parts
    .filter(([n], index) => n > 0 || index === 0)
    .map(([n, what]) => `${formatCount(n)} ${what}`);
  output.line(
    `${plural(report.found, 'picture')} found: ${said.join(', ')}. ${plural(report.labelled, 'label')} set.`,
  );
  for (const note of report.notes) output.line(note);
  for (const { path, message } of leftOut.slice(0, LISTED)) output.line(`  ${printable(path)}: ${message}`);
  if (leftOut.length > LISTED) output.line(`  … and ${leftOut.length - LISTED} more; --json lists them all.`);
  if (report.status === 'cancelled')
    output.line('Cancelled; what was imported stays. Import again to go on.');
  output.line(`Project: ${project.folder}`);
  if (report.found > 0 && report.leftOut === report.found) output.exitCode = 1;
}
