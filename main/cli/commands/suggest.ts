import type { Command } from 'commander';
import { TwofoldError } from '../../../shared/errors.ts';
import { formatProbability, plural } from '../../../shared/format.ts';
import { suggestLabels, type Suggestion } from '../../engine/suggest.ts';
import { toCsv } from '../../files/csv.ts';
import { getClasses } from '../../library/labels/classes.ts';
import type { Project } from '../../library/folder.ts';
import { addBatch } from '../../library/labels/labels.ts';
import { isSwapped } from '../../library/labels/class-order.ts';
import { openToSuggestions } from '../../library/labels/open-to-suggestions.ts';
import { transaction, type Db } from '../../library/database/sql.ts';
import { printable, table } from '../format.ts';
import { indexedLibrary } from '../indexed.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount, parseNumber } from '../recipe-options.ts';
import { writeCsv } from '../write-csv.ts';
import { UsageError } from '../usage-error.ts';

interface Flags {
  accept?: number;
  csv?: string;
  count: number;
}

export function addSuggest(program: Command, output: Output): void {
  program
    .command('suggest')
    .description('suggest a class for every unlabelled picture from the labels so far, most confident first')
    .argument('<project>', 'project folder')
    .option(
      '--accept <p>',
      'label the pictures with at least this probability (0.5 to 1), as one undo step',
      parseNumber,
    )
    .option('--csv <file>', 'write all suggestions as CSV; - for standard output')
    .option('--count <n>', 'how many to list', parseCount, 20)
    .addHelpText(
      'after',
      '\nSuggestions come from a quick linear classifier on the index, not from a trained run.\n\nExamples:\n  twofold suggest traps\n  twofold suggest traps --accept 0.95',
    )
    .action((given: string, flags: Flags) => {
      const { accept } = flags;
      if (accept !== undefined && !(accept >= 0.5 && accept <= 1)) {
        throw new UsageError(`--accept: expected a number from 0.5 to 1, received ${accept}.`);
      }
      return withProject(given, output, (project) => work(project, flags, output), {
        readOnly: accept === undefined,
      });
    });
}

async function work(project: Project, { accept, csv, count }: Flags, output: Output): Promise<void> {
  const { db } = project;
  const swapped = isSwapped(db);
  const suggestions = suggestLabels(await indexedLibrary(project, output));
  const accepted =
    accept === undefined ? null : suggestions.filter(({ probability }) => probability >= accept);
  const finish = () => {
    // Another process may have swapped them while pictures were indexed.
    if (isSwapped(db) !== swapped) throw swappedMeanwhile();
    return {
      names: getClasses(db).map(({ name }) => name),
      changed: accepted === null ? 0 : label(db, accepted),
    };
  };
  // Nothing is written without `--accept`: the project may be read-only.
  const { names, changed } = accepted === null ? finish() : transaction(db, finish);
  const rows = suggestions.map(({ picture, class: index, probability }) => ({
    path: picture.path,
    class: names[index]!,
    probability,
  }));
  for (const row of rows) output.event('suggestion', row);
  output.event('done', { suggestions: rows.length, accepted: accepted === null ? null : changed });
  if (csv !== undefined)
    await writeCsv(toCsv(rows, ['path', 'class', 'probability']), csv, rows.length, 'suggestion', output);
  else if (accepted === null) show(rows, count, output);
  if (accepted !== null) {
    output.line(
      `${plural(changed, 'picture')} labelled, ${plural(rows.length - changed, 'picture')} left unlabelled. Undo with "twofold label ${project.folder} --undo".`,
    );
  }
}

/** Labels what is still unlabelled, in the caller's transaction. @returns how many pictures */
function label(db: Db, accepted: readonly Suggestion[]): number {
  const groups = ([0, 1] as const).map((index) => ({
    label: index,
    ids: openToSuggestions(
      db,
      accepted.filter((one) => one.class === index).map(({ picture }) => picture.id),
    ),
  }));
  return addBatch(db, groups, 'suggested').changes.length;
}

const swappedMeanwhile = (): TwofoldError =>
  new TwofoldError(
    'changed',
    'The classes were swapped while suggestions were computed. Nothing was labelled. Run the command again.',
  );

function show(
  rows: readonly { path: string; class: string; probability: number }[],
  count: number,
  output: Output,
): void {
  if (rows.length === 0) {
    output.line('Every picture is labelled or skipped.');
    return;
  }
  const lines = rows
    .slice(0, count)
    .map(({ path, class: name, probability }) => [
      printable(path),
      name,
      formatProbability(name, probability),
    ]);
  output.line(table(['picture', 'suggested class', 'probability'], lines));
  if (rows.length > count) output.line(`… and ${rows.length - count} more; --csv writes them all.`);
}
