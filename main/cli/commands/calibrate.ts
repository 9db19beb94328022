import type { Command } from 'commander';
import { formatInterval, formatPercent, plural } from '../../../shared/format.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import {
  applyTemperature,
  fitCalibration,
  outOfFoldLogits,
  type Calibration,
} from '../../engine/calibrate.ts';
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
  const found = await fitCalibration(project.db, run, await outOfFoldLogits(project, run));
  if (apply) await applyTemperature(project, run.id, found.temperature);
  const applied = apply ? found.temperature : run.temperature;
  output.event('done', { run: run.id, ...found, applied });
  show(found, run, output);
  output.line(
    apply
      ? `Run ${run.id} divides its logits by ${found.temperature.toFixed(3)} from now on: in predictions, evaluations and exports. --reset removes it.`
      : applied === 1
        ? 'Not applied. --apply makes it part of the run.'
        : `The run has a temperature of ${applied.toFixed(3)} now.`,
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

function show(found: Calibration, run: RunRecord, output: Output): void {
  const { temperature, before, after, pictures, fittedPictures, fittedOn, changed } = found;
  output.line(`Run ${run.id}, calibration on ${plural(pictures, 'validation picture')}`);
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
  output.line(
    table(
      ['', 'calibration error', 'loss'],
      [
        ['uncalibrated', formatInterval(before.calibrationError), before.loss.toFixed(4)],
        [
          `temperature ${temperature.toFixed(3)}`,
          formatInterval(after.calibrationError),
          after.loss.toFixed(4),
        ],
      ],
    ),
  );
  output.line(
    fittedOn === 'validation'
      ? `The temperature is fitted on these pictures too, so the second row is slightly better than new pictures would show. To fit it on all labelled pictures, out of fold, add --folds.`
      : `The temperature is fitted on out-of-fold logits of ${plural(fittedPictures, 'picture')}, by heads trained as the run was.`,
  );
  output.line(
    temperature > 1
      ? 'Above 1: the run is more certain than it is right.'
      : 'Below 1: the run is less certain than it could be.',
  );
  if (changed > 0) {
    output.line(
      `At the project’s threshold ${plural(changed, 'picture')} would get another class: the threshold stays a probability, and probabilities change.`,
    );
  }
  output.line(
    'Parentheses: 95% confidence intervals, Wilson for observed shares, bootstrap for the calibration error.',
  );
}
