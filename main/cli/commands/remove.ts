import type { Command } from 'commander';
import { plural } from '../../../shared/format.ts';
import { removePictures } from '../../library/labels/removal.ts';
import { idsOf } from '../find-pictures.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

export function addRemove(program: Command, output: Output): void {
  program
    .command('remove')
    .description('remove pictures and their labels from a project; the files stay where they are')
    .argument('<project>', 'project folder')
    .argument('<files...>', 'imported pictures')
    .addHelpText(
      'after',
      '\nUndo with: twofold label PROJECT --undo\n\nExample:\n  twofold remove traps photos/blurred-1.jpg photos/blurred-2.jpg',
    )
    .action((given: string, files: string[]) =>
      withProject(given, output, async (project) => {
        const removed = removePictures(project.db, await idsOf(project, files), 'cli').removed?.length ?? 0;
        output.event('done', { removed });
        output.line(`${plural(removed, 'picture')} removed from the project.`);
      }),
    );
}
