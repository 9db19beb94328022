import type { Command } from 'commander';
import { TwofoldError } from '../../../shared/errors.ts';
import { rowOf } from '../../insight/matrix.ts';
import { nearest, normalised } from '../../insight/neighbours.ts';
import { idOf } from '../find-pictures.ts';
import { printable, table } from '../format.ts';
import { indexedLibrary } from '../indexed.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';

export function addSimilar(program: Command, output: Output): void {
  program
    .command('similar')
    .description('list the pictures of a project that are most similar to one of them')
    .argument('<project>', 'project folder')
    .argument('<file>', 'an imported picture')
    .option('--count <n>', 'how many to list', parseCount, 20)
    .addHelpText('after', '\nExample:\n  twofold similar traps night-1.jpg --count 10')
    .action((given: string, file: string, { count }: { count: number }) =>
      withProject(
        given,
        output,
        async (project) => {
          const id = await idOf(project, file);
          const { pictures, matrix } = await indexedLibrary(project, output);
          const row = pictures.findIndex((picture) => picture.id === id);
          if (row < 0) throw new TwofoldError('bad-picture', `${file} could not be read.`);
          const found = nearest(normalised(matrix), rowOf(matrix, row), {
            count,
            except: (other) => other === row,
          }).map((neighbour) => ({
            path: pictures[neighbour.row]!.path,
            similarity: neighbour.similarity,
          }));
          for (const one of found) output.event('similar', one);
          output.event('done', { pictures: found.length });
          const lines = found.map(({ path, similarity }) => [printable(path), similarity.toFixed(3)]);
          output.line(table(['picture', 'similarity'], lines));
        },
        { readOnly: true },
      ),
    );
}
