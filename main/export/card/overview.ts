import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportedFormat } from '../../../shared/contract/export.ts';
import { formatBytes } from '../../../shared/format.ts';
import { FORMATS } from '../formats.ts';
import { table } from './markdown.ts';

/** Writes the README.md of an export of all formats. */
export async function writeOverview(
  folder: string,
  exports: readonly Omit<ExportedFormat, 'folder'>[],
): Promise<void> {
  const rows = exports.map(({ format, sizeBytes, check, unchecked }) => {
    const { name, description } = FORMATS.find(({ id }) => id === format)!;
    const difference = check ? check.maxDifference.toExponential(1) : unchecked === null ? '' : 'not checked';
    return [`[${name}](${format}/README.md)`, description, formatBytes(sizeBytes), difference];
  });
  const heading = ['Export', 'Use', 'Size', 'Largest difference from the app'];
  await writeFile(
    join(folder, 'README.md'),
    `# All export formats\n\n${table(heading, rows)}\n\nTo repeat the training with Keras:\n\n` +
      '```sh\npython script/train.py --data folders --base keras/model.h5\n```\n',
  );
}
