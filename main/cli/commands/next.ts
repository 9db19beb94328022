import type { Command } from 'commander';
import { nextToLabel } from '../../engine/suggest.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { printable } from '../format.ts';
import { indexedLibrary } from '../indexed.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';

export function addNext(program: Command, output: Output): void {
  program
    .command('next')
    .description('list which unlabelled pictures to label next: typical ones first, later the most uncertain')
    .argument('<project>', 'project folder')
    .option('--count <n>', 'how many to list', parseCount, 20)
    .addHelpText('after', '\nExample:\n  twofold next traps --count 10')
    .action((given: string, { count }: { count: number }) =>
      withProject(
        given,
        output,
        async (project) => {
          const library = await indexedLibrary(project, output);
          const chosen = nextToLabel(library, count, DEFAULT_RECIPE.seed);
          for (const { path } of chosen) {
            output.event('next', { path });
            output.line(printable(path));
          }
          output.event('done', { pictures: chosen.length });
          if (chosen.length === 0) output.line('Every picture is labelled or skipped.');
        },
        { readOnly: true },
      ),
    );
}
