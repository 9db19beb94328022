import { Option, type Command } from 'commander';
import { SPLITS, type Split } from '../../../shared/split.ts';
import type { Scored } from '../../../shared/metrics.ts';
import { plural } from '../../../shared/format.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { chooseRun, evaluateRun } from '../../engine/evaluate.ts';
import { modelView, setThreshold } from '../../engine/model-view.ts';
import { metricIntervals } from '../../insight/metric-intervals.ts';
import { checkFiles } from '../../library/pictures/check-files.ts';
import type { Project } from '../../library/folder.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { showEvaluation } from '../show-evaluation.ts';
import { showGap } from '../show-gap.ts';
import { showJob } from '../show-job.ts';
import { THRESHOLD_OPTION } from '../threshold.ts';

interface Flags {
  run?: string;
  on: Split;
  seed: number;
  threshold?: number;
  save?: true;
}

export function addEvaluate(program: Command, output: Output): void {
  program
    .command('evaluate')
    .description(
      'evaluate a run on its validation set, the test set or its training set, with the current labels',
    )
    .argument('<project>', 'project folder')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .addOption(
      new Option('--on <set>', 'which pictures: the run’s validation or training set, or the test set')
        .choices(SPLITS)
        .default('validation'),
    )
    .option(...THRESHOLD_OPTION)
    .option('--save', 'with --threshold: make it the project’s threshold')
    .option('--seed <n>', 'seed of the bootstrap intervals', parseCount, 1)
    .addHelpText(
      'after',
      '\nExamples:\n  twofold evaluate traps\n  twofold evaluate traps --run r2 --threshold 0.8\n  twofold evaluate traps --on test',
    )
    .action((given: string, { run: runId, on, threshold: wanted, save, seed }: Flags, command: Command) => {
      if (save && wanted === undefined) command.error('error: --save needs --threshold <p>.');
      const work = async (project: Project): Promise<void> => {
        const run = chooseRun(project, runId);
        const threshold = wanted ?? modelView(project.db).threshold;
        await checkFiles(project);
        const { evaluation, scores, leftOut, seen } = await cancellable(output, (signals) =>
          evaluateRun(
            project,
            run,
            { on, threshold, ...(save && { kept: threshold }) },
            { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
          ),
        );
        if (save) await setThreshold(project, threshold);
        const intervals = await metricIntervals(scores.map(toScored), { threshold, seed });
        output.event('done', {
          run: run.id,
          on,
          ...evaluation,
          threshold: statedThreshold(threshold),
          intervals,
          leftOut,
          seen,
        });
        output.line(
          `Run ${run.id}, epoch ${run.bestEpoch ?? 0}, on the ${on === 'train' ? 'training' : on} set`,
        );
        showEvaluation(evaluation, intervals, run.classes, output, on);
        showGap(project, run.id, output, threshold);
        if (seen > 0) {
          output.line(
            `${plural(seen, 'picture')} of the test set ${seen === 1 ? 'does' : 'do'} not count, since the run was trained or validated on ${seen === 1 ? 'it' : 'them'}.`,
          );
        }
        if (project.readOnly) {
          output.note('The project can’t be written at the moment, so this evaluation was not stored.');
        }
      };
      return withProject(given, output, work, { readOnly: save !== true });
    });
}

const toScored = ({ probability, label }: { probability: number | null; label: 0 | 1 }): Scored => ({
  probability: probability!,
  label,
});
