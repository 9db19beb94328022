import { Option, type Command } from 'commander';
import type { EvaluatedSet } from '../../../shared/jobs.ts';
import { plural } from '../../../shared/format.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { chooseRun, evaluateRun } from '../../engine/evaluate.ts';
import { modelView, setThreshold } from '../../engine/model-view.ts';
import { checkFiles } from '../../library/pictures/check-files.ts';
import type { Project } from '../../library/folder.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { showEvaluation } from '../show-evaluation.ts';
import { showJob } from '../show-job.ts';
import { THRESHOLD_OPTION } from '../threshold.ts';

interface Flags {
  run?: string;
  on: EvaluatedSet;
  threshold?: number;
  save?: true;
}

export function addEvaluate(program: Command, output: Output): void {
  program
    .command('evaluate')
    .description('evaluate a run on its validation set or on the test set, with the current labels')
    .argument('<project>', 'project folder')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .addOption(
      new Option('--on <set>', 'which pictures: the run’s validation set or the test set')
        .choices(['validation', 'test'])
        .default('validation'),
    )
    .option(...THRESHOLD_OPTION)
    .option('--save', 'with --threshold: make it the project’s threshold')
    .addHelpText(
      'after',
      '\nExamples:\n  twofold evaluate traps\n  twofold evaluate traps --run r2 --threshold 0.8\n  twofold evaluate traps --on test',
    )
    .action((given: string, { run: runId, on, threshold: wanted, save }: Flags, command: Command) => {
      if (save && wanted === undefined) command.error('error: --save needs --threshold <p>.');
      const work = async (project: Project): Promise<void> => {
        const run = chooseRun(project, runId);
        const threshold = wanted ?? modelView(project.db).threshold;
        await checkFiles(project);
        const { evaluation, leftOut, seen } = await cancellable(output, (signals) =>
          evaluateRun(
            project,
            run,
            { on, threshold, ...(save && { kept: threshold }) },
            { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
          ),
        );
        if (save) await setThreshold(project, threshold);
        output.event('done', {
          run: run.id,
          on,
          ...evaluation,
          threshold: statedThreshold(threshold),
          leftOut,
          seen,
        });
        output.line(`Run ${run.id}, epoch ${run.bestEpoch ?? 0}, on the ${on} set`);
        showEvaluation(evaluation, run.classes, output, on);
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
