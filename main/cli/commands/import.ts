import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportItem, ImportMode, ImportProgress, ImportReport } from '../../../shared/library/import.ts';
import { importSentences } from '../../../shared/import-summary.ts';
import { inspectWith } from '../../engine/inspect.ts';
import { CacheWatch } from '../../library/cache/limit.ts';
import { isProject, type Project } from '../../library/folder.ts';
import { importFolder, isTable } from '../../library/import/import.ts';
import { importTable } from '../../library/import/import-table.ts';
import { listImportItems } from '../../library/import/imports.ts';
import { closeProject, createToFill, openProject } from '../../library/project.ts';
import { PicturePool } from '../../pictures/pool.ts';
import { printable } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { keepCacheLimit } from '../project-command.ts';
import { recipeFromFlags, recipeOption } from '../recipe-options.ts';
import { setBits16 } from '../set-bits16.ts';
import { UsageError } from '../usage-error.ts';

interface Flags {
  project: string;
  csv?: string;
  plain?: boolean;
  classes?: [string, string];
  thumbnails?: boolean;
  bits16?: number;
}

/** How many of the skipped files are listed; all of them are with --json. */
const LISTED = 20;

export function addImport(program: Command, output: Output): void {
  program
    .command('import')
    .description(
      'import the pictures of a folder, or those listed in a table, into a project; the files stay where they are',
    )
    .argument(
      '[folder]',
      'two sub-folders become the classes; train/, validation/ and test/ set the split; otherwise unlabelled',
    )
    .requiredOption('--project <project>', 'project folder; created if it does not exist')
    .option(
      '--csv <file>',
      'a table of pictures and labels (CSV, TSV, text); with a folder as well, its pictures are looked up there',
    )
    .option(
      '--classes <first,second>',
      'names of class 0 and class 1, the positive one (default: in alphabetical order)',
      parseClasses,
    )
    .option('--plain', 'do not use folder names as labels or splits')
    .option('--thumbnails', 'create the thumbnails for the window now')
    .addOption(recipeOption('bits16'))
    .addHelpText(
      'after',
      '\nExamples:\n  twofold import photos --project traps\n  twofold import --csv labels.csv --project traps\n  twofold import scans --project scans --classes normal,abnormal\n\nCtrl-C keeps what was imported so far; import again to continue.',
    )
    .action(async (folder: string | undefined, flags: Flags, command: Command) => {
      if (folder === undefined && flags.csv === undefined) {
        command.error('error: give either a folder or --csv <file>.');
      }
      // Before the project is created, so that a mistyped name or number leaves no empty project behind.
      for (const given of [folder, flags.csv]) if (given !== undefined) await access(given);
      const isTableAlone = flags.csv === undefined && (await isTable(folder!));
      const table = isTableAlone ? folder : flags.csv;
      if (flags.bits16 !== undefined) recipeFromFlags({ bits16: flags.bits16 });
      const made = isProject(flags.project) ? null : createToFill(flags.project);
      const project = made?.project ?? openProject(flags.project);
      if (flags.bits16 !== undefined) setBits16(project, flags.bits16);
      let isKept = false;
      const watch = new CacheWatch(project);
      const pool = new PicturePool();
      const cancel = new AbortController();
      const forget = onInterrupt(output, () => {
        forget(); // a second Ctrl-C ends the process
        cancel.abort();
      });
      try {
        const options = {
          inspect: inspectWith(pool, project, { thumbnails: flags.thumbnails === true }),
          onProgress: (progress: ImportProgress) => showProgress(progress, output),
          signal: cancel.signal,
          ...(flags.classes && { classes: flags.classes }),
        };
        const report =
          table !== undefined
            ? await importTable(project, table, options, folder === undefined || isTableAlone ? [] : [folder])
            : await importFolder(project, folder!, { ...options, mode: modeOf(flags) });
        const items = listImportItems(project.db, report.importId);
        isKept = made?.isFilled() ?? true;
        show(isKept ? project : null, report, items, output);
      } finally {
        forget();
        await pool.close();
        await keepCacheLimit(watch, output);
        if (isKept || made === null || made.isFilled()) closeProject(project);
        else made.remove();
      }
    });
}

function parseClasses(text: string): [string, string] {
  const [zero, one, ...more] = text.split(',').map((name) => name.trim());
  if (zero && one && more.length === 0) return [zero, one];
  throw new UsageError(
    `--classes: expected two names with a comma between them, such as normal,abnormal; received "${text}".`,
  );
}

/** With `--classes`, folders with other names are an error instead of an import without labels. */
function modeOf({ plain, classes }: Flags): ImportMode {
  if (plain) return 'plain';
  return classes ? 'labels' : 'auto';
}

function showProgress({ fraction, total, ...progress }: ImportProgress, output: Output): void {
  if (fraction !== null && total !== null) output.progress(progress.stage, { ...progress, fraction, total });
}

/** @param project null if nothing was imported and the new project was removed */
function show(
  project: Project | null,
  report: ImportReport,
  items: readonly ImportItem[],
  output: Output,
): void {
  for (const item of items) output.event(item.kind, item);
  output.event('done', { project: project?.folder ?? null, ...report });

  for (const sentence of importSentences(report)) output.line(printable(sentence));
  if (report.splitFolders) {
    const [one, other] = report.splitFolders;
    output.line(`If "${one}" and "${other}" are your classes, import with --classes ${one},${other}.`);
  }
  for (const { path, message } of items.slice(0, LISTED)) output.line(`  ${printable(path)}: ${message}`);
  if (items.length > LISTED) output.line(`  … and ${items.length - LISTED} more; --json lists them all.`);
  if (report.status === 'cancelled') output.line('Import again to continue.');
  output.line(
    project ? `Project: ${project.folder}` : 'Nothing was imported, so the new project was removed again.',
  );
  const { added, alreadyThere, moved, changed, duplicates } = report;
  if (added + alreadyThere + moved + changed + duplicates === 0) output.exitCode = 1;
}
