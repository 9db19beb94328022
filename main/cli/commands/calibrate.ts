import type { Command } from 'commander';
import { TwofoldError } from '../../../shared/errors.ts';
import { formatInterval, formatPercent, plural } from '../../../shared/format.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import type {
  CalibratedSet,
  CalibrationFigures,
  RunCalibration,
  TemperatureFit,
} from '../../../shared/reliability.ts';
import { temperatureWords } from '../../../shared/temperature-words.ts';
import { applyTemperature, outOfFoldLogits, runCalibration } from '../../engine/calibrate.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import type { Project } from '../../library/folder.ts';
import { table } from '../format.ts';
import type { Output } from '../output.ts';
import { hasNewAugmentations, outOfFoldByHead } from '../../engine/out-of-fold.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { cancellable } from '../interrupt.ts';
import { showJob } from '../show-job.ts';
import { withProject } from '../project-command.ts';

interface Flags {
  run?: string;
  folds?: true;
  apply?: true;
  reset?: true;
}

export function addCalibrate(program: Command, output: Output): void {
  program
    .command('calibrate')
    .description(
      'compare predicted probabilities with observed frequencies, and calibrate them with a temperature',
    )
    .argument('<project>', 'project folder')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .option(
      '--folds',
      'first predict all labelled pictures by heads of 5 folds, trained as the run was, and fit on these',
    )
    .option('--apply', 'make the fitted temperature part of the run')
    .option('--reset', 'remove the temperature')
    .addHelpText(
      'after',
      '\nA temperature divides the logits. At a threshold of 0.5 no predicted class changes.\n\nExample:\n  twofold calibrate traps --run r2 --apply',
    )
    .action((given: string, flags: Flags, command: Command) => {
      if (flags.apply && flags.reset) command.error('error: --apply and --reset exclude each other.');
      if (flags.folds && flags.reset) command.error('error: --folds and --reset exclude each other.');
      return withProject(given, output, (project) => calibrate(project, flags, output), {
        readOnly: !flags.apply && !flags.reset,
      });
    });
}

async function calibrate(
  project: Project,
  { run: id, folds, apply, reset }: Flags,
  output: Output,
): Promise<void> {
  const run = chooseRun(project, id);
  if (reset) {
    await applyTemperature(project, run.id, 1);
    output.event('done', { run: run.id, applied: 1 });
    output.line(`Run ${run.id} gives its probabilities uncalibrated again.`);
    return;
  }
  if (folds) await trainFolds(project, run, output);
  const found = await runCalibration(project.db, run, await outOfFoldLogits(project, run));
  const { fit, refusal, sets } = found;
  if (apply) {
    if (!fit) throw new TwofoldError('too-few', refusal!);
    await applyTemperature(project, run.id, fit.temperature);
  }
  const applied = apply && fit ? fit.temperature : run.temperature;
  output.event('done', { run: run.id, ...fit, refusal, applied, outOfFold: found.outOfFold, sets });
  show(found, run, output);
  output.line(
    apply
      ? `Run ${run.id} divides its logits by ${applied.toFixed(3)} from now on: in predictions, evaluations and exports. --reset removes it.`
      : applied !== 1
        ? `The run has a temperature of ${applied.toFixed(3)} now.`
        : fit
          ? 'Not applied. --apply makes it part of the run.'
          : 'The run is not calibrated.',
  );
}

async function trainFolds(project: Project, run: RunRecord, output: Output): Promise<void> {
  if (hasNewAugmentations(run)) {
    output.note(
      'The heads of 5 folds get new augmentations in every epoch, as the run did, so each takes about as long as training.',
    );
  }
  await cancellable(output, (signals) =>
    outOfFoldByHead(project, run, 'as-run', {
      spawn: spawnNodeProcess,
      onEvent: showJob(output),
      ...signals,
    }),
  );
}

function show({ fit, refusal, sets, outOfFold }: RunCalibration, run: RunRecord, output: Output): void {
  for (const set of sets) showSet(set, fit, run, output);
  if (fit) showFit(fit, output);
  else output.line(refusal!);
  if (outOfFold === 'unknown') {
    output.line(
      'To see the calibration of all labelled pictures, out of fold, and fit the temperature on them, add --folds.',
    );
  }
  if (sets.length > 0) {
    output.line(
      'Parentheses: 95% confidence intervals, Wilson for observed shares, bootstrap for the calibration error.',
    );
  }
}

/** The reliability table of one set, and its calibration error and loss before and after. */
function showSet(
  { on, pictures, before, after }: CalibratedSet,
  fit: TemperatureFit | null,
  run: RunRecord,
  output: Output,
): void {
  output.line(
    on === 'validation'
      ? `Run ${run.id}, calibration on ${plural(pictures, 'validation picture')}`
      : `Run ${run.id}, calibration out of fold on ${plural(pictures, 'labelled picture')}, each predicted by a head that was not trained on it`,
  );
  output.line();
  output.line(
    table(
      [`P(${run.classes[1]})`, 'pictures', 'mean predicted', 'observed'],
      before.bins
        .filter(({ count }) => count > 0)
        .map(({ from, to, count, predicted, observed }) => [
          `${formatPercent(from, 0)} to ${formatPercent(to, 0)}`,
          count,
          formatPercent(predicted!),
          formatInterval(observed!),
        ]),
    ),
  );
  output.line();
  const rows: [string, CalibrationFigures][] = [['uncalibrated', before]];
  if (fit && after) rows.push([`temperature ${fit.temperature.toFixed(3)}`, after]);
  output.line(
    table(
      ['', 'calibration error', 'loss'],
      rows.map(([name, { calibrationError, loss }]) => [
        name,
        formatInterval(calibrationError),
        loss.toFixed(4),
      ]),
    ),
  );
  if (fit?.fittedOn === on) {
    output.line(
      'The temperature is fitted on these pictures too, so the second row is slightly better than new pictures would show.',
    );
  }
  output.line();
}

function showFit({ temperature, fittedOn, fittedPictures, changed }: TemperatureFit, output: Output): void {
  const what =
    fittedOn === 'validation'
      ? `on ${plural(fittedPictures, 'validation picture')}`
      : `on out-of-fold logits of ${plural(fittedPictures, 'picture')}, by heads trained as the run was`;
  output.line(`Temperature ${temperature.toFixed(3)}, fitted ${what}. ${temperatureWords(temperature)}`);
  if (changed > 0) {
    output.line(
      `At the project’s threshold ${plural(changed, 'validation picture')} would get another class: the threshold stays a probability, and probabilities change.`,
    );
  }
}
