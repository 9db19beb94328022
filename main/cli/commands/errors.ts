import type { Command } from 'commander';
import { formatPercent, plural } from '../../../shared/format.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { suspectLabels } from '../../engine/suggest.ts';
import { toCsv } from '../../files/csv.ts';
import { getClasses } from '../../library/labels/classes.ts';
import type { Project } from '../../library/folder.ts';
import { printable, table } from '../format.ts';
import { indexedLibrary } from '../indexed.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { writeCsv } from '../write-csv.ts';

interface Flags {
  count: number;
  csv?: string;
}

export function addErrors(program: Command, output: Output): void {
  program
    .command('errors')
    .description('list labels that are likely wrong, the least credible first')
    .argument('<project>', 'project folder')
    .option('--count <n>', 'how many to list', parseCount, 20)
    .option('--csv <file>', 'write all of them as CSV; - for standard output')
    .addHelpText(
      'after',
      '\nA quick linear classifier predicts each labelled picture from the others (5 folds). The test set is not used.\n\nExample:\n  twofold errors traps --csv suspects.csv',
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output), { readOnly: true }),
    );
}

async function work(project: Project, { count, csv }: Flags, output: Output): Promise<void> {
  const suspects = suspectLabels(await indexedLibrary(project, output), DEFAULT_RECIPE.seed);
  const names = getClasses(project.db).map(({ name }) => name);
  const rows = suspects.map(({ picture, predicted, probability, isLikelyError }) => ({
    path: picture.path,
    label: names[picture.label]!,
    predicted: names[predicted]!,
    probability,
    likely: isLikelyError,
  }));
  for (const row of rows) output.event('suspect', row);
  const likely = rows.filter((row) => row.likely).length;
  output.event('done', { suspects: rows.length, likely });
  if (csv !== undefined) {
    const text = toCsv(rows, ['path', 'label', 'predicted', 'probability', 'likely']);
    await writeCsv(text, csv, rows.length, 'suspect', output);
    return;
  }
  if (rows.length === 0) {
    output.line('No label contradicts the prediction for its picture.');
    return;
  }
  output.line(
    table(
      ['picture', 'label', 'predicted', 'probability', 'likely wrong'],
      rows
        .slice(0, count)
        .map((row) => [
          printable(row.path),
          row.label,
          row.predicted,
          formatPercent(row.probability),
          row.likely ? 'yes' : '',
        ]),
    ),
  );
  if (rows.length > count) output.line(`… and ${rows.length - count} more; --csv writes them all.`);
  output.line(
    `${plural(rows.length, 'label')} ${rows.length === 1 ? 'differs' : 'differ'} from the prediction; ${likely} likely wrong. Check each picture before you change its label.`,
  );
}
