import type { Command } from 'commander';
import type { RunRecord, TestEvaluation } from '../../../shared/library/runs.ts';
import { formatInterval, formatUtc, formatPercent, plural } from '../../../shared/format.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { overfittingGap, trainingReport } from '../../../shared/overfitting-gap.ts';
import { setAccuracies } from '../../engine/known-evaluation.ts';
import { modelView } from '../../engine/model-view.ts';
import { getRunPictures } from '../../library/runs/predictions.ts';
import { deleteRun, getEpochs, getRun, listRuns, updateRun } from '../../library/runs/runs.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { table } from '../format.ts';
import type { Output } from '../output.ts';
import { formatAccuracy, showGap } from '../show-gap.ts';
import { withProject } from '../project-command.ts';

interface Flags {
  run?: string;
  note?: string;
  name?: string;
  delete?: boolean;
}

export function addRuns(program: Command, output: Output): void {
  program
    .command('runs')
    .description('list the runs of a project, or show, name, annotate or delete one')
    .argument('<project>', 'project folder')
    .option('--run <id>', 'one run, with its epochs')
    .option('--name <text>', 'with --run: set its name')
    .option('--note <text>', 'with --run: set its note')
    .option('--delete', 'with --run: delete it and its files')
    .addHelpText(
      'after',
      '\nExamples:\n  twofold runs traps\n  twofold runs traps --run r3 --note "no augmentation"',
    )
    .action((given: string, flags: Flags, command: Command) => {
      const changes = flags.name !== undefined || flags.note !== undefined || flags.delete === true;
      if (changes && flags.run === undefined)
        command.error('error: --name, --note and --delete need --run <id>.');
      return withProject(given, output, (project) => runs(project, flags, output), { readOnly: !changes });
    });
}

function runs(project: Project, { run: id, name, note, delete: remove }: Flags, output: Output): void {
  if (id === undefined) {
    listAll(project, output);
  } else if (remove) {
    deleteRun(project, id);
    output.line(`Deleted run ${id}.`);
    output.event('done', { deleted: id });
  } else {
    if (name !== undefined) updateRun(project.db, id, { name });
    if (note !== undefined) updateRun(project.db, id, { note });
    showOne(project, id, output);
  }
}

function listAll(project: Project, output: Output): void {
  const runs = listRuns(project.db);
  for (const run of runs) output.event('run', describe(project, run));
  output.event('done', { runs: runs.length });
  if (runs.length === 0) {
    output.line('No runs yet. Train one: twofold train PROJECT');
    return;
  }
  const rows = runs.map((run) => {
    const best = getEpochs(project.db, run.id).find(({ epoch }) => epoch === run.bestEpoch);
    return [
      run.id,
      run.status,
      run.bestEpoch ?? '–',
      best ? best.valLoss.toFixed(4) : '–',
      best ? formatPercent(best.accuracy) : '–',
      best ? validationAccuracy(project, run, best.valAccuracy) : '–',
      run.test
        ? `${formatInterval(run.test.evaluation.accuracy)} at ${statedThreshold(run.test.evaluation.threshold)}` +
          (run.test.isCurrent ? '' : ' (old)')
        : '–',
      formatUtc(run.createdAtMs),
      [run.name, run.note].filter(Boolean).join(': '),
    ];
  });
  output.line(
    table(
      [
        'run',
        'status',
        'best epoch',
        'val loss',
        'train accuracy',
        'val accuracy',
        'test accuracy',
        'started (UTC)',
        'name and note',
      ],
      rows,
    ),
  );
  output.line(
    'Accuracies of the best epoch. Training: mean over the epoch, with dropout and augmentation. Validation: at a threshold of 0.5. Test: at the threshold named. Parentheses: 95% Wilson confidence intervals.',
  );
}

/** Validation accuracy at the kept epoch, with its interval where the number of pictures is known. */
function validationAccuracy({ db }: Project, { id }: RunRecord, accuracy: number): string {
  const { length } = getRunPictures(db, id).filter(({ split }) => split === 'validation');
  return formatAccuracy(accuracy, length);
}

function showOne(project: Project, id: string, output: Output): void {
  const run = getRun(project.db, id);
  const epochs = getEpochs(project.db, id);
  for (const { batchLosses: _, ...epoch } of epochs) output.event('epoch', epoch);
  const sets = setAccuracies(project.db, id, modelView(project.db).threshold);
  output.event('done', { ...describe(project, run), sets, gap: overfittingGap(sets) });
  output.line(`${run.id}  ${run.status}  ${[run.name, run.note].filter(Boolean).join(': ')}`);
  output.line(`Folder: ${runDir(project, run.id)}`);
  if (run.test) output.line(describeTest(run.test));
  if (run.error) output.line(`Error: ${run.error.message}`);
  if (run.recipe) output.line(`Recipe: ${JSON.stringify(run.recipe)}`);
  if (epochs.length === 0) return;
  showGap(project, id, output);
  output.line();
  output.line(
    table(
      ['epoch', 'loss', 'accuracy', 'val loss', 'val accuracy', ''],
      epochs.map((epoch) => [
        epoch.epoch,
        epoch.loss.toFixed(4),
        formatPercent(epoch.accuracy),
        epoch.valLoss.toFixed(4),
        formatPercent(epoch.valAccuracy),
        epoch.epoch === run.bestEpoch ? 'best' : '',
      ]),
    ),
  );
}

function describeTest({ atMs, evaluation, seen, leftOut, isCurrent }: TestEvaluation): string {
  const sentences = [
    `Test set: accuracy ${formatInterval(evaluation.accuracy)} at a threshold of ${statedThreshold(evaluation.threshold)} on ${plural(evaluation.count, 'picture')}, evaluated ${formatUtc(atMs)} UTC.`,
    ...(seen > 0
      ? [`${plural(seen, 'picture')} excluded, since the run was trained or validated on them.`]
      : []),
    ...(leftOut > 0 ? [`${plural(leftOut, 'picture')} could not be read.`] : []),
    ...(isCurrent ? [] : ['The test set or its labels have changed since: evaluate again.']),
  ];
  return sentences.join(' ');
}

function describe(project: Project, run: RunRecord): object {
  const reported = trainingReport(run, getEpochs(project.db, run.id));
  return { ...run, run: run.id, folder: runDir(project, run.id), reported };
}
