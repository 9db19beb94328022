import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { plural } from '../../../shared/format.ts';
import { listFiles } from '../../engine/list-files.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { startJob } from '../../training/supervisor.ts';
import { recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';
import { parseNumber } from '../recipe-options.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { showJob } from '../show-job.ts';

type Flags = Pick<RecipeFlags, 'cut' | 'size' | 'weights' | 'resize' | 'bits16'> & { out: string };

export function addFeatures(program: Command, output: Output): void {
  program
    .command('features')
    .description(
      'write what InceptionV3 makes of pictures as a NumPy array, float32 [pictures, height, width, channels]',
    )
    .argument('<files...>', 'pictures, or folders of them')
    .requiredOption('--out <file.npy>', 'file to write')
    .option('--cut <layer>', 'layer by its Keras name (default: mixed7)')
    .option('--size <pixels>', 'height and width of the input (default: 150)', parseNumber)
    .option('--resize <kind>', 'bilinear or nearest (default: bilinear)')
    .option('--bits16 <n>', 'bits that 16-bit pictures use, 9 to 16 (default: 16)', parseNumber)
    .option('--weights <name>', 'weights of InceptionV3 (default: default)')
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
      const job = startJob(
        spawnNodeProcess,
        { kind: 'features', files, weights, cut, size, resize, bits16, out: target },
        showJob(output),
      );
      const { shape, leftOut, files: written } = await withInterrupt(job, 'cancel', output, job.result);
      output.event('done', { out: target, shape, files: written, leftOut });
      output.line(
        `Wrote ${target}: float32 [${shape.join(', ')}], ${plural(written.length, 'picture')} in the order given.`,
      );
    });
}
