import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { plural } from '../../../shared/format.ts';
import { listFiles } from '../../engine/list-files.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { runJob } from '../../training/supervisor.ts';
import { addRecipeOptions, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { showJob } from '../show-job.ts';

type Flags = RecipeFlags & { out: string };

export function addFeatures(program: Command, output: Output): void {
  const command = program
    .command('features')
    .description(
      'write the features of pictures as a NumPy array, float32 [pictures, height, width, channels]',
    )
    .argument('<files...>', 'pictures, or folders of them')
    .requiredOption('--out <file.npy>', 'file to write');
  addRecipeOptions(command, ['cut', 'size', 'resize', 'bits16', 'weights'])
    .addHelpText(
      'after',
      '\nExample:\n  twofold features night-1.jpg night-2.jpg --cut mixed7 --out features.npy',
    )
    .action(async (given: string[], flags: Flags) => {
      const { out, ...model } = flags;
      const { weights, cut, size, resize, bits16 } = recipeFromFlags(model);
      const target = path.resolve(out);
      await access(path.dirname(target));
      const files = await listFiles(given);
      const {
        shape,
        leftOut,
        files: written,
      } = await cancellable(output, (signals) =>
        runJob(
          { kind: 'features', files, weights, cut, size, resize, bits16, out: target },
          { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
        ),
      );
      output.event('done', { out: target, shape, files: written, leftOut });
      output.line(
        `Wrote ${target}: float32 [${shape.join(', ')}], ${plural(written.length, 'picture')} in the order given.`,
      );
    });
}
