import { Argument, type Command } from 'commander';
import type { Split } from '../../../shared/split.ts';
import { plural } from '../../../shared/format.ts';
import { moveToSets } from '../../library/labels/split-steps.ts';
import { getCounts } from '../../library/pictures/pictures.ts';
import { idsOf } from '../find-pictures.ts';
import { showKnownLeaks } from '../show-leaks.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

const SETS = {
  train: 'the training set',
  validation: 'the validation set',
  test: 'the test set',
  none: 'no set: training will choose',
} as const;

export function addSplit(program: Command, output: Output): void {
  program
    .command('split')
    .description('move pictures to the training, validation or test set')
    .argument('<project>', 'project folder')
    .addArgument(
      new Argument('<set>', 'the set; none: training chooses between training and validation').choices(
        Object.keys(SETS),
      ),
    )
    .argument('<files...>', 'imported pictures')
    .addHelpText(
      'after',
      '\nExamples:\n  twofold split traps test night-1.jpg night-2.jpg\n  twofold split traps none night-2.jpg',
    )
    .action((given: string, set: keyof typeof SETS, files: string[]) =>
      withProject(given, output, async (project) => {
        const split: Split | null = set === 'none' ? null : set;
        const ids = await idsOf(project, files);
        const changed = moveToSets(project.db, [{ split, ids }], 'cli').moved?.length ?? 0;
        await showKnownLeaks(project, output);
        const { train, validation, test } = getCounts(project.db);
        output.event('done', { changed, train, validation, test });
        output.line(`Moved ${plural(changed, 'picture')} to ${SETS[set]}.`);
      }),
    );
}
