import type { Command } from 'commander';
import { formatInterval, plural } from '../../../shared/format.ts';
import { comparisonSentence } from '../../../shared/run-comparison.ts';
import { compareRuns } from '../../engine/compare-runs.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import type { Project } from '../../library/folder.ts';
import { getPictures } from '../../library/pictures/pictures.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

export function addCompare(program: Command, output: Output): void {
  program
    .command('compare')
    .description('compare two runs on the pictures that both were validated on')
    .argument('<project>', 'project folder')
    .argument('<first>', 'a run, such as the one before a change')
    .argument('<second>', 'another run')
    .addHelpText(
      'after',
      '\nUses the current labels and the project’s threshold. McNemar’s exact test tells whether the difference could be chance.\n\nExample:\n  twofold compare traps r1 r2',
    )
    .action((given: string, first: string, second: string) =>
      withProject(given, output, (project) => compare(project, first, second, output), { readOnly: true }),
    );
}

function compare(project: Project, firstId: string, secondId: string, output: Output): void {
  const [first, second] = [chooseRun(project, firstId), chooseRun(project, secondId)];
  const comparison = compareRuns(project.db, first, second);
  const { pictures, accuracy, onlyFirst, onlySecond, p } = comparison;
  const sentence = comparisonSentence(comparison, [`Run ${first.id}`, `Run ${second.id}`]);
  for (const [run, ids] of [[first, onlyFirst] as const, [second, onlySecond] as const]) {
    for (const { path } of getPictures(project.db, ids)) {
      output.event('difference', { path, correct: run.id });
    }
  }
  output.event('done', {
    runs: [first.id, second.id],
    pictures,
    accuracy,
    onlyFirst: onlyFirst.length,
    onlySecond: onlySecond.length,
    p,
    sentence,
  });
  output.line(`On ${plural(pictures, 'picture')} that both runs were validated on:`);
  output.line(`Run ${first.id}  accuracy ${formatInterval(accuracy[0])}`);
  output.line(`Run ${second.id}  accuracy ${formatInterval(accuracy[1])}`);
  output.line(sentence);
  output.line('Parentheses: 95% Wilson confidence intervals; p: McNemar’s exact test.');
}
