import type { Command } from 'commander';
import { formatCount, plural } from '../../../shared/format.ts';
import { indexModel, readIndex } from '../../engine/index-library.ts';
import { indexedLibrary } from '../indexed.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

export function addIndex(program: Command, output: Output): void {
  program
    .command('index')
    .description('index the pictures of a project for suggestions, similar pictures and likely label errors')
    .argument('<project>', 'project folder')
    .option('--state', 'only show how many pictures are indexed')
    .addHelpText('after', '\nExamples:\n  twofold index traps\n  twofold index traps --state')
    .action((given: string, { state }: { state?: boolean }) =>
      withProject(
        given,
        output,
        async (project) => {
          const { pictures, missing, added } = state
            ? { ...(await readIndex(project, await indexModel(project))), added: 0 }
            : await indexedLibrary(project, output);
          const total = pictures.length + missing.length;
          output.event('done', { indexed: pictures.length, total, added });
          output.line(`${formatCount(pictures.length)} of ${plural(total, 'picture')} indexed.`);
          if (!state && missing.length > 0) {
            output.line(`${plural(missing.length, 'picture')} could not be read.`);
          }
        },
        { readOnly: true },
      ),
    );
}
