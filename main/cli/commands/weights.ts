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
  const weights = program.command('weights').description('list, import or download InceptionV3 weights');

  weights
    .command('list')
    .description('list the weights on this computer and those available for download')
    .action(async () => {
      const all = await listWeights();
      for (const info of all) output.event('weights', info);
      output.event('done', { weights: all.length });
      output.line(table(['name', 'available', 'size', 'description'], all.map(row)));
    });

  weights
    .command('import')
    .description('import weights from a Keras .h5 file of InceptionV3')
    .argument('<file.h5>', 'file of weights or of a whole model')
    .option('--name <name>', 'name for the weights (default: the file’s name)')
    .addHelpText(
      'after',
      '\nExample:\n  twofold weights import inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5 --name mine',
    )
    .action(async (file: string, { name = path
        .basename(file, path.extname(file))
        .slice(0, 64) }: { name?: string }) => {
      const info = await withProgress(output, 'Importing weights', (options) =>
        importWeights(path.resolve(file), name, options),
      );
      output.event('done', info);
      output.line(`Imported. Use them with --weights ${info.name}.`);
    });

  weights
    .command('download')
    .description(
      'download the official Keras weights (88 MB) of the Keras tutorial; resumes an interrupted download',
    )
    .action(async () => {
      const info = await withProgress(output, 'Downloading weights', downloadWeights);
      output.event('done', info);
      output.line(`Downloaded (${formatBytes(info.sizeBytes ?? 0)}). Use them with --weights ${info.name}.`);
    });
}

/** Shows how many bytes are done, and cancels the work at Ctrl-C. */
async function withProgress<T>(
  output: Output,
  name: string,
  work: (options: {
    signal: AbortSignal;
    onProgress: (doneBytes: number, totalBytes: number | undefined) => void;
  }) => Promise<T>,
): Promise<T> {
  let meter: ProgressMeter | undefined;
  const controller = new AbortController();
  const forget = onInterrupt(output, () => {
    forget(); // a second Ctrl-C ends the process
    controller.abort();
  });
  try {
    return await work({
      signal: controller.signal,
      onProgress: (doneBytes, totalBytes = doneBytes) => {
        meter ??= new ProgressMeter(totalBytes, (progress) => output.progress(name, progress));
        meter.update(doneBytes);
      },
    });
  } finally {
    forget();
  }
}

function row({ name, available, title, sizeBytes }: WeightsInfo): string[] {
  return [name, available ? 'yes' : 'no', sizeBytes === null ? '–' : formatBytes(sizeBytes), title];
}
