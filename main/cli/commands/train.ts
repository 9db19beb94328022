import type { Command } from 'commander';
import type { JobEvent, TrainResult } from '../../../shared/jobs.ts';
import { checkFiles } from '../../library/check-files.ts';
import type { RunRecord } from '../../../shared/library.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { getRun, listRuns } from '../../library/runs.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { startTraining, type TrainRequest } from '../../engine/train.ts';
import { spawnNodeProcess } from '../../training/child.ts';
import { bytes, count, percent } from '../format.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { addRecipeOptions, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';
import { showEvaluation } from '../show-evaluation.ts';
import { showJob } from '../show-job.ts';

type Flags = RecipeFlags & { resume?: string | true; name?: string; note?: string };

export function addTrain(program: Command, output: Output): void {
  const command = program
    .command('train')
    .description('train on the labelled pictures of a project')
    .argument('<project>', 'project folder')
    .option(
      '--resume [run]',
      'go on with a stopped, failed or crashed run (the newest without an id); with --epochs to more',
    )
    .option('--name <text>', 'a name for the run')
    .option('--note <text>', 'a note on the run');
  addRecipeOptions(command);
  command
    .addHelpText(
      'after',
      '\nCtrl-C stops after the batch and keeps the best epoch; a second Ctrl-C stops at once.\n\nExamples:\n' +
        '  twofold train traps\n  twofold train traps --no-augment --epochs 10\n' +
        '  twofold train traps --augment-variants 3 --patience 5\n  twofold train traps --resume r2 --epochs 30',
    )
    .action((given: string, flags: Flags) => {
      const recipe = recipeFromFlags(flags);
      return withProject(given, output, async (project) => {
        await lookAtFiles(project, output);
        const run = flags.resume === undefined ? null : resumable(project, flags.resume);
        const { name, note } = flags;
        const request: TrainRequest = run
          ? {
              resume: run.id,
              recipe: { ...recipe, epochs: flags.epochs ?? run.recipe?.epochs ?? recipe.epochs },
            }
          : { recipe, ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
        const training = await startTraining(project, request, spawnNodeProcess, show(output));
        output.event('start', {
          run: training.run.id,
          folder: runDir(project, training.run.id),
          recipe: training.run.recipe,
        });
        output.line(`Run ${training.run.id}${run ? ', resumed' : ''}`);
        const result = await withInterrupt(training.job, 'stop', output, training.result);
        finish(project, training.run, result, output);
      });
    });
}

function resumable(project: Project, resume: string | true): ReturnType<typeof getRun> {
  if (resume !== true) return getRun(project.db, resume);
  const run = listRuns(project.db).find(({ status }) => status !== 'done' && status !== 'running');
  if (run) return run;
  throw new TwofoldError('not-found', 'No run was stopped, failed or crashed, so there is none to resume.');
}

async function lookAtFiles(project: Project, output: Output): Promise<void> {
  const { missing, changed } = await checkFiles(project);
  if (missing + changed === 0) return;
  output.event('problems', { missing, changed });
  output.note(
    `Left out: ${count(missing, 'picture')} missing, ${count(changed, 'picture')} changed since import. ` +
      'Import the folder again to find moved ones and take up changed ones.',
  );
}

function show(output: Output): (event: JobEvent) => void {
  const showCommon = showJob(output);
  return (event) => {
    if (event.type === 'split') showSplit(event.counts, output);
    else if (event.type === 'epoch') showEpoch(event, output);
    else if (event.type === 'batch') output.event('batch', withoutType(event));
    else showCommon(event);
  };
}

const withoutType = <E extends { type: string }>({ type: _type, ...fields }: E): Omit<E, 'type'> => fields;

function showSplit(counts: TrainResult['counts'], output: Output): void {
  const { train, validation } = counts;
  output.event('split', counts);
  output.line(
    `${count(train[0] + train[1], 'picture')} to train on (${train.join(' + ')}), ` +
      `${count(validation[0] + validation[1], 'picture')} for validation (${validation.join(' + ')})`,
  );
}

function showEpoch(event: Extract<JobEvent, { type: 'epoch' }>, output: Output): void {
  const epoch = withoutType(event);
  output.event('epoch', epoch);
  output.line(
    `Epoch ${String(epoch.epoch).padStart(3)}  loss ${epoch.loss.toFixed(4)}  accuracy ${percent(epoch.accuracy).padStart(7)}` +
      `  val loss ${epoch.valLoss.toFixed(4)}  val accuracy ${percent(epoch.valAccuracy).padStart(7)}` +
      `  ${(epoch.durationMs / 1000).toFixed(1)} s${epoch.best ? '  best so far' : ''}`,
  );
}

const END_SENTENCES = {
  completed: 'All epochs are done.',
  'early-stopped': 'The validation loss did not fall any more, so training stopped early.',
  stopped: 'Stopped.',
  diverged:
    'The loss became infinite or not a number, so training ended; the best epoch before that is kept. Try a smaller --learning-rate.',
} as const;

function finish(project: Project, run: RunRecord, result: TrainResult, output: Output): void {
  const { kind: _kind, scores: _scores, ...fields } = result;
  const folder = runDir(project, run.id);
  output.event('done', { run: run.id, folder, ...fields });
  output.line(
    `${END_SENTENCES[result.end]} Kept epoch ${result.bestEpoch} of ${result.epochs}, the one with the lowest validation loss.`,
  );
  showEvaluation(result.evaluation, run.classes, output);
  output.line(`Peak memory ${bytes(result.peakMemoryBytes)}. Model: ${folder}`);
  if (result.end === 'diverged') output.exitCode = 1;
}
