import type { Command } from 'commander';
import { countParameters } from '../../model/architecture/layers.ts';
import { inceptionV3 } from '../../model/architecture/inception-v3.ts';
import { withHead } from '../../model/architecture/with-head.ts';
import { summary } from '../../model/summary.ts';
import type { Output } from '../output.ts';
import { parseNumber, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';

type Flags = Pick<RecipeFlags, 'cut' | 'size' | 'units' | 'dropout'>;

export function addSummary(program: Command, output: Output): void {
  program
    .command('summary')
    .description('the model layer by layer, as Keras’ model.summary() prints it')
    .option('--cut <layer>', 'layer whose output are the features (default: mixed7)')
    .option('--size <pixels>', 'height and width of the input (default: 150)', parseNumber)
    .option('--units <n,…>', 'units of the hidden Dense layers (default: 1024)', (text) =>
      text.split(',').map(parseNumber),
    )
    .option('--dropout <rate>', '0 leaves the Dropout layer out (default: 0.2)', parseNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  twofold summary\n  twofold summary --cut mixed5 --size 224 --units 256,64',
    )
    .action((flags: Flags) => {
      const { cut, size, units, dropout } = recipeFromFlags(flags);
      const architecture = withHead(inceptionV3({ cut, size }), { units, dropout });
      for (const layer of architecture.layers) {
        const { name, className, outputShape, inbound } = layer;
        output.event('layer', {
          name,
          className,
          outputShape,
          parameters: countParameters([layer]),
          connectedTo: inbound,
        });
      }
      const { layers } = architecture;
      output.event('done', {
        parameters: countParameters(layers),
        trainable: countParameters(layers, true),
        frozen: countParameters(layers, false),
      });
      output.line(summary(architecture).trimEnd());
    });
}
