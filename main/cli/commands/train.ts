import { InvalidArgumentError, type Command } from 'commander';
import { checkFiles } from '../../library/pictures/check-files.ts';
import { DEFAULT_RECIPE, type Recipe } from '../../../shared/recipe.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { getSettings } from '../../library/settings.ts';
import { getRun, listRuns, updateRun } from '../../library/runs/runs.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { plural } from '../../../shared/format.ts';
import { startTraining, type TrainRequest } from '../../engine/train.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { addRecipeOptions, parseCount, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';
import { showKnownLeaks } from '../show-leaks.ts';
import { showTraining, showTrained } from '../show-training.ts';
import { setBits16 } from '../set-bits16.ts';
import { trainFolds } from '../train-folds.ts';
import { trainSeeds } from '../train-seeds.ts';
import { UsageError } from '../usage-error.ts';

type Flags = RecipeFlags & {
  resume?: string | true;
  name?: string;
  note?: string;
  seeds?: number;
  folds?: number;
};

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
    .option('--note <text>', 'a note on the run')
    .option('--seeds <n>', 'train it with this many random seeds; shows mean and spread', parseCount)
    .option(
      '--folds <k>',
      'cross-validate: accuracy over all labelled pictures with k folds, from 3; no run is created',
      parseFolds,
    );
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
      if (flags.folds !== undefined && flags.seeds !== undefined)
        throw new UsageError("--folds and --seeds can't be used together. Choose one of them.");
      return withProject(given, output, async (project) => {
        await lookAtFiles(project, output);
        const request = requestOf(project, flags);
        if (flags.folds !== undefined) return trainFolds(project, request.recipe, flags.folds, output);
        if (flags.seeds !== undefined) return trainSeeds(project, request, flags.seeds, output);
        const { run, job, result } = await startTraining(project, request, {
          spawn: spawnNodeProcess,
          onEvent: showTraining(project, request.recipe, output),
        });
        await showKnownLeaks(project, output);
        output.event('start', { run: run.id, folder: runDir(project, run.id), recipe: run.recipe });
        output.line(`Run ${run.id}${'resume' in request ? ', resumed' : ''}`);
        const note = 'Stopping after this batch and keeping the best epoch';
        const done = await withInterrupt(output, { note, first: job.stop, second: job.kill }, result);
        await showTrained(project, run, done, output);
      });
    });
}

/** The value of `--folds`: one fold is predicted and one validates, so there are at least 3. */
function parseFolds(text: string): number {
  const folds = parseCount(text);
  if (folds >= 3 && folds <= 100) return folds;
  throw new InvalidArgumentError('Expected a whole number from 3 to 100.');
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

function requestOf(project: Project, flags: Flags): TrainRequest & { recipe: Recipe } {
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
      'Locate moved files with twofold locate; import changed ones again.',
  );
}
