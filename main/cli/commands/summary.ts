import type { Command } from 'commander';
import { countParameters } from '../../model/architecture/layers.ts';
import { inceptionV3 } from '../../model/architecture/inception-v3.ts';
import { withHead } from '../../model/architecture/with-head.ts';
import { summary } from '../../model/summary.ts';
import type { Output } from '../output.ts';
import { addRecipeOptions, recipeFromFlags, type RecipeFlags } from '../recipe-options.ts';

export function addSummary(program: Command, output: Output): void {
  const command = program
    .command('summary')
    .description('print the model’s layers as Keras’ model.summary() does');
  addRecipeOptions(command, ['cut', 'size', 'units', 'dropout'])
    .addHelpText(
      'after',
      '\nExamples:\n  twofold summary\n  twofold summary --cut mixed5 --size 224 --units 256,64',
    )
    .action((flags: RecipeFlags) => {
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
