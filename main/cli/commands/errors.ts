import type { Command } from 'commander';
import { formatProbability, plural } from '../../../shared/format.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { knownDuplicates, type DuplicateKeys } from '../../engine/duplicates.ts';
import { indexModel } from '../../engine/index-library.ts';
import {
  hasNewAugmentations,
  knownOutOfFold,
  outOfFoldByHead,
  type OutOfFold,
} from '../../engine/out-of-fold.ts';
import { labelledProbabilities } from '../../engine/suggest.ts';
import { byHead, labelledNeighbours, suspectLabels } from '../../engine/suspects.ts';
import { toCsv } from '../../files/csv.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { keepLabels, keptPictures } from '../../library/labels/kept-labels.ts';
import type { Project } from '../../library/folder.ts';
import { idsOf } from '../find-pictures.ts';
import { printable, table } from '../format.ts';
import { indexedLibrary } from '../indexed.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { showJob } from '../show-job.ts';
import { writeCsv } from '../write-csv.ts';

interface Flags {
  count: number;
  csv?: string;
  head?: true;
  run?: string;
  keep?: string[];
}

export function addErrors(program: Command, output: Output): void {
  program
    .command('errors')
    .description('list labels that are likely wrong, the most likely errors first')
    .argument('<project>', 'project folder')
    .option('--count <n>', 'how many to list', parseCount, 20)
    .option('--csv <file>', 'write all of them as CSV; - for standard output')
    .option(
      '--head',
      'predict with heads trained like a run’s instead of a quick classifier; takes as long as training',
    )
    .option('--run <id>', 'with --head: which run (default: the newest with a model)')
    .option('--keep <files...>', 'record that the labels of these pictures are right')
    .addHelpText(
      'after',
      '\nA quick linear classifier, or with --head the run’s own kind of head, predicts each labelled picture from the others (5 folds). The test set is not used.\n\nExamples:\n  twofold errors traps --csv suspects.csv\n  twofold errors traps --head\n  twofold errors traps --keep night-1.jpg',
    )
    .action((given: string, flags: Flags, command: Command) => {
      if (flags.run !== undefined && !flags.head) command.error('error: --run needs --head.');
      const { keep } = flags;
      return withProject(
        given,
        output,
        (project) => (keep ? keepAll(project, keep, output) : work(project, flags, output)),
        {
          readOnly: keep === undefined,
        },
      );
    });
}

async function keepAll(project: Project, files: string[], output: Output): Promise<void> {
  const { kept = [] } = keepLabels(project.db, await idsOf(project, files), 'cli');
  output.event('done', { kept: kept.length });
  output.line(
    `Kept ${plural(kept.length, 'label')}. Such pictures are not listed until their label changes; undo: twofold label PROJECT --undo`,
  );
}

async function work(project: Project, { count, csv, head, run }: Flags, output: Output): Promise<void> {
  const library = await indexedLibrary(project, output);
  const labelled = head
    ? byHead(await trainFolds(project, run, output))
    : labelledProbabilities(library, await knownKeys(project), DEFAULT_RECIPE.seed);
  const suspects = suspectLabels(labelled, keptPictures(project.db));
  const names = getClasses(project.db).map(({ name }) => name);
  const rows = suspects.map(({ picture, label, predicted, probability, isLikelyError }) => ({
    path: picture.path,
    label: names[label]!,
    predicted: names[predicted]!,
    probability,
    likely: isLikelyError,
  }));
  const first = suspects.slice(0, count).map(({ picture }) => picture.id);
  const neighbours = labelledNeighbours(library, first);
  const listed = first.map((id, index) => ({
    ...rows[index]!,
    neighbours: (neighbours.get(id) ?? []).map((one) => ({ ...one, label: names[one.label]! })),
  }));
  for (const one of listed) output.event('suspect', one);
  const likely = rows.filter((row) => row.likely).length;
  output.event('done', { suspects: rows.length, listed: listed.length, likely, labelled: labelled.length });
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
      ['picture', 'label', 'predicted', 'probability', 'likely wrong', 'most similar are labelled'],
      listed.map((row) => [
        printable(row.path),
        row.label,
        row.predicted,
        formatProbability(row.predicted, row.probability),
        row.likely ? 'yes' : '',
        tally(row.neighbours.map(({ label }) => label)),
      ]),
    ),
  );
  if (rows.length > count) output.line(`… and ${rows.length - count} more; --csv writes them all.`);
  output.line(
    `${plural(rows.length, 'label')} ${rows.length === 1 ? 'differs' : 'differ'} from the prediction; ${likely} likely wrong. Check each picture before you change its label.`,
  );
}

const knownKeys = async (project: Project): Promise<DuplicateKeys> =>
  (await knownDuplicates(project, await indexModel(project))).keys;

async function trainFolds(project: Project, id: string | undefined, output: Output): Promise<OutOfFold> {
  const run = chooseRun(project, id);
  const asRun = await knownOutOfFold(project, run, 'as-run');
  const found =
    asRun ??
    (await cancellable(output, (signals) =>
      outOfFoldByHead(project, run, 'quick', {
        spawn: spawnNodeProcess,
        onEvent: showJob(output),
        ...signals,
      }),
    ));
  output.line(
    `Heads of 5 folds, each trained like run ${run.id} for ${plural(run.bestEpoch ?? 0, 'epoch')}${asRun || !hasNewAugmentations(run) ? '' : ', but without augmentation'}.`,
  );
  return found;
}

/** `food 4, animals 1` */
function tally(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => `${label} ${count}`).join(', ');
}
