import { formatBytes } from '../../../shared/format.ts';
import path from 'node:path';
import type { Command } from 'commander';
import { ProgressMeter } from '../../../shared/progress.ts';
import { downloadWeights } from '../../model/weights/official.ts';
import { importWeights, listWeights, type WeightsInfo } from '../../model/weights/store.ts';
import { table } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';

export function addWeights(program: Command, output: Output): void {
  const weights = program.command('weights').description('the weights of InceptionV3 that can be used');

  weights
    .command('list')
    .description('what is there and what could be had')
    .action(async () => {
      const all = await listWeights();
      for (const info of all) output.event('weights', info);
      output.event('done', { weights: all.length });
      output.line(table(['name', 'here', 'size', 'what'], all.map(row)));
    });

  weights
    .command('import')
    .description('take weights from a .h5 file of Keras (InceptionV3, layers numbered from anywhere)')
    .argument('<file.h5>', 'weights or a whole model')
    .option('--name <name>', 'how to call them (default: the file’s name)')
    .addHelpText(
      'after',
      '\nExample:\n  twofold weights import inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5 --name mine',
    )
    .action(async (file: string, { name = path
        .basename(file, path.extname(file))
        .slice(0, 64) }: { name?: string }) => {
      const info = await importWeights(path.resolve(file), name);
      output.event('done', info);
      output.line(`Imported. Use them with --weights ${info.name}.`);
    });

  weights
    .command('download')
    .description(
      'download the official file of Keras (88 MB), as in the Keras tutorial; goes on where it was interrupted',
    )
    .action(async () => {
      let meter: ProgressMeter | undefined;
      const controller = new AbortController();
      const forget = onInterrupt(output, () => {
        forget(); // a second Ctrl-C ends it at once
        controller.abort();
      });
      try {
        const info = await downloadWeights({
          signal: controller.signal,
          onProgress: (receivedBytes, totalBytes = receivedBytes) => {
            meter ??= new ProgressMeter(totalBytes, (progress) =>
              output.progress('Downloading bytes', progress),
            );
            meter.update(receivedBytes);
          },
        });
        output.event('done', info);
        output.line(
          `Downloaded (${formatBytes(info.sizeBytes ?? 0)}). Use them with --weights ${info.name}.`,
        );
      } finally {
        forget();
      }
    });
}

function row({ name, available, title, sizeBytes }: WeightsInfo): string[] {
  return [name, available ? 'yes' : 'no', sizeBytes === null ? '–' : formatBytes(sizeBytes), title];
}
