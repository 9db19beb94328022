import { Option, type Command } from 'commander';
import type { EvaluatedSet } from '../../../shared/jobs.ts';
import { plural } from '../../../shared/plural.ts';
import { chooseRun, startEvaluation } from '../../engine/evaluate.ts';
import { checkFiles } from '../../library/check-files.ts';
import type { Project } from '../../library/folder.ts';
import { spawnNodeProcess } from '../../training/child.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseNumber } from '../recipe-options.ts';
import { showEvaluation } from '../show-evaluation.ts';
import { showJob } from '../show-job.ts';
import { UsageError } from '../usage-error.ts';

interface Flags {
  run?: string;
  on: EvaluatedSet;
  threshold: number;
}

export function addEvaluate(program: Command, output: Output): void {
  program
    .command('evaluate')
    .description('how good a run is on its validation set or on the test set, by the labels of now')
    .argument('<project>', 'project folder')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .addOption(
      new Option('--on <set>', 'which pictures: those it was validated on, or the test set')
        .choices(['validation', 'test'])
        .default('validation'),
    )
    .option('--threshold <p>', 'a probability above it is class 1', parseNumber, 0.5)
    .addHelpText(
      'after',
      '\nExamples:\n  twofold evaluate traps\n  twofold evaluate traps --run r2 --threshold 0.8\n  twofold evaluate traps --on test',
    )
    .action((given: string, { run: runId, on, threshold }: Flags) => {
      if (threshold < 0 || threshold > 1) {
        throw new UsageError(`--threshold: expected a number from 0 to 1, received ${threshold}.`);
      }
      const work = async (project: Project): Promise<void> => {
        const run = chooseRun(project, runId);
        await checkFiles(project);
        const { job, result } = startEvaluation(
          project,
          run,
          { on, threshold },
          spawnNodeProcess,
          showJob(output),
        );
        const { evaluation, leftOut, seen } = await withInterrupt(job, 'cancel', output, result);
        output.event('done', { run: run.id, on, ...evaluation, leftOut, seen });
        output.line(`Run ${run.id}, epoch ${run.bestEpoch ?? 0}, on the ${on} set`);
        showEvaluation(evaluation, run.classes, output, on);
        if (seen > 0) {
          output.line(
            `${plural(seen, 'picture')} of the test set ${seen === 1 ? 'does' : 'do'} not count, since the run was trained or validated on ${seen === 1 ? 'it' : 'them'}.`,
          );
        }
        if (project.readOnly) {
          output.note('The project can’t be written now, so this evaluation is not kept in it.');
        }
      };
      return withProject(given, output, work, { readOnly: true });
    });
}
