import type { Command } from 'commander';
import type { JobEvent, TrainResult } from '../../../shared/jobs.ts';
import { checkFiles } from '../../library/pictures/check-files.ts';
import type { RunRecord } from '../../../shared/library.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { getCounts } from '../../library/pictures/pictures.ts';
import { getSettings } from '../../library/settings.ts';
import { getEpochs, getRun, listRuns, updateRun } from '../../library/runs/runs.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { formatBytes, formatPercent, plural } from '../../../shared/format.ts';
import { overfittingGap } from '../../engine/overfitting-gap.ts';
import { startTraining, type TrainRequest } from '../../engine/train.ts';
import { metricIntervals } from '../../insight/metric-intervals.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { addRecipeOptions, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';
import { showEvaluation, showGap } from '../show-evaluation.ts';
import { showJob } from '../show-job.ts';
import { setBits16 } from '../set-bits16.ts';
import { UsageError } from '../usage-error.ts';

type Flags = RecipeFlags & { resume?: string | true; name?: string; note?: string };

export function addTrain(program: Command, output: Output): void {
  const command = program
    .command('train')
    .description('train a model on the labelled pictures of a project')
    .argument('<project>', 'project folder')
    .option(
      '--resume [run]',
      'resume a stopped, failed or crashed run (without an id, the newest); --epochs can extend it',
    )
    .option('--name <text>', 'a name for the run')
    .option('--note <text>', 'a note on the run');
  addRecipeOptions(command);
  command
    .addHelpText(
      'after',
      '\nCtrl-C stops after the current batch and keeps the best epoch; a second Ctrl-C stops immediately.\n\nExamples:\n' +
        '  twofold train traps\n  twofold train traps --no-augment --epochs 10\n' +
        '  twofold train traps --augment-variants 3 --patience 5\n  twofold train traps --resume r2 --epochs 30',
    )
    .action((given: string, flags: Flags, command: Command) => {
      if (flags.resume !== undefined) refuseChanges(command);
      return withProject(given, output, async (project) => {
        await lookAtFiles(project, output);
        const request = requestOf(project, flags);
        const { testClasses } = getCounts(project.db);
        const { run, job, result } = await startTraining(project, request, {
          spawn: spawnNodeProcess,
          onEvent: show(output, testClasses),
        });
        output.event('start', { run: run.id, folder: runDir(project, run.id), recipe: run.recipe });
        output.line(`Run ${run.id}${'resume' in request ? ', resumed' : ''}`);
        const note = 'Stopping after this batch and keeping the best epoch';
        const done = await withInterrupt(output, { note, first: job.stop, second: job.kill }, result);
        await finish(project, run, done, output);
      });
    });
}

/** The options allowed with `--resume`; any other would mix two recipes in one run. */
const RESUMABLE = new Set(['resume', 'epochs', 'patience', 'name', 'note', 'json']);

function refuseChanges(command: Command): void {
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  const refused = given.find((option) => !RESUMABLE.has(option.attributeName()));
  if (!refused) return;
  throw new UsageError(
    `${refused.long ?? refused.flags} can't be changed when a run is resumed; only --epochs and --patience can. Train a new run.`,
  );
}

function requestOf(project: Project, flags: Flags): TrainRequest {
  const { resume, name, note, epochs, patience } = flags;
  const texts = { ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
  if (resume === undefined) {
    const recipe = recipeFromFlags({ bits16: getSettings(project.db).recipe.bits16, ...flags });
    if (flags.bits16 !== undefined) setBits16(project, recipe.bits16);
    return { recipe, ...texts };
  }
  const run = resumable(project, resume);
  updateRun(project.db, run.id, texts);
  const changes = { ...(epochs !== undefined && { epochs }), ...(patience !== undefined && { patience }) };
  return { resume: run.id, recipe: recipeFromFlags(changes, run.recipe ?? DEFAULT_RECIPE) };
}

function resumable(project: Project, resume: string | true): ReturnType<typeof getRun> {
  if (resume !== true) return getRun(project.db, resume);
  const run = listRuns(project.db).find(({ status }) => status !== 'done' && status !== 'running');
  if (run) return run;
  throw new TwofoldError('not-found', 'No run to resume: none was stopped, failed or crashed.');
}

async function lookAtFiles(project: Project, output: Output): Promise<void> {
  const { missing, changed } = await checkFiles(project);
  if (missing + changed === 0) return;
  output.event('problems', { missing, changed });
  output.note(
    `Skipped: ${plural(missing, 'picture')} missing, ${plural(changed, 'picture')} changed since import. ` +
      'Import the folder again to locate moved files and update changed ones.',
  );
}

/** @param tested labelled pictures of class 0 and 1 in the test set */
function show(output: Output, tested: [number, number]): (event: JobEvent) => void {
  const showCommon = showJob(output);
  return (event) => {
    if (event.type === 'split') showSplit(event.counts, tested, output);
    else if (event.type === 'epoch') showEpoch(event, output);
    else if (event.type === 'batch') output.event('batch', withoutType(event));
    else showCommon(event);
  };
}

const withoutType = <E extends { type: string }>({ type: _type, ...fields }: E): Omit<E, 'type'> => fields;

function showSplit(counts: TrainResult['counts'], tested: [number, number], output: Output): void {
  const { train, validation } = counts;
  output.event('split', { ...counts, test: tested });
  output.line(
    `${plural(train[0] + train[1], 'picture')} to train on (${train.join(' + ')}), ` +
      `${plural(validation[0] + validation[1], 'picture')} for validation (${validation.join(' + ')})`,
  );
  const count = tested[0] + tested[1];
  if (count > 0) output.line(`${plural(count, 'picture')} in the test set (${tested.join(' + ')}), not used`);
}

function showEpoch(event: Extract<JobEvent, { type: 'epoch' }>, output: Output): void {
  const epoch = withoutType(event);
  output.event('epoch', epoch);
  output.line(
    `Epoch ${String(epoch.epoch).padStart(3)}  loss ${epoch.loss.toFixed(4)}  accuracy ${formatPercent(epoch.accuracy).padStart(7)}` +
      `  val loss ${epoch.valLoss.toFixed(4)}  val accuracy ${formatPercent(epoch.valAccuracy).padStart(7)}` +
      `  ${(epoch.durationMs / 1000).toFixed(1)} s${epoch.best ? '  best so far' : ''}`,
  );
}

const END_SENTENCES = {
  completed: 'All epochs completed.',
  'early-stopped': 'Stopped early: the validation loss no longer fell.',
  stopped: 'Stopped.',
  diverged:
    'The loss became infinite or not a number, so training ended. Train a new run with a smaller --learning-rate.',
} as const;

async function finish(project: Project, run: RunRecord, result: TrainResult, output: Output): Promise<void> {
  const { kind: _kind, scores, ...fields } = result;
  const folder = runDir(project, run.id);
  const intervals = await metricIntervals(
    scores.map(({ probability, label }) => ({ probability: probability!, label })),
  );
  const gap = overfittingGap(result, getEpochs(project.db, run.id));
  output.event('done', { run: run.id, folder, ...fields, intervals, gap });
  output.line(
    `${END_SENTENCES[result.end]} Kept epoch ${result.bestEpoch} of ${result.epochs}, which has the lowest validation loss.`,
  );
  showEvaluation(result.evaluation, intervals, run.classes, output);
  const { train, validation } = result.counts;
  const counts = { train: train[0] + train[1], validation: validation[0] + validation[1] };
  if (gap) showGap(gap, counts, null, output);
  output.line(`Peak memory ${formatBytes(result.peakMemoryBytes)}. Model: ${folder}`);
  if (result.end === 'diverged') output.exitCode = 1;
}
