import type { Command } from 'commander';
import { plural } from '../../../shared/format.ts';
import { withStatThread } from '../../library/pictures/file-stats.ts';
import { locate } from '../../library/pictures/locate.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';

export function addLocate(program: Command, output: Output): void {
  program
    .command('locate')
    .description('locate missing pictures after their folder was moved or renamed')
    .argument('<project>', 'project folder')
    .argument('<folder>', 'where the pictures are now')
    .addHelpText('after', '\nExample:\n  twofold locate traps /media/archive/photos')
    .action((given: string, folder: string) =>
      withProject(given, output, async (project) => {
        const { found, missing, changed } = await withStatThread((readStats) =>
          locate(project, folder, { readStats }),
        );
        output.event('done', { found, missing, changed });
        output.line(`${plural(found, 'file')} located.`);
        const left = missing + changed;
        if (left > 0) output.line(`${plural(left, 'file')} still missing or changed.`);
        if (found === 0 && left > 0) output.exitCode = 1;
      }),
    );
}
