import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { LeftOut, WriteFoldersResult } from '../../shared/jobs.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { baseCard, writeCard } from './card.ts';
import { classFolders, UniqueNames } from './names.ts';
import { table } from './readme.ts';
import { runJob, type ExportControls } from './run-job.ts';
import type { PictureOnSide } from './split-pictures.ts';

export const FOLDERS_FILE = 'folders.csv';

export interface FoldersReport {
  pictures: number;
  converted: number;
  linked: number;
  leftOut: LeftOut[];
}

/**
 * Puts pictures into `train/CLASS/` and `validation/CLASS/` in a folder that is there, under their own names where these
 * are free, with a list of what came from where.
 *
 * @param link hard (else symbolic) links instead of copies
 */
export async function exportFolders(
  pictures: readonly PictureOnSide[],
  {
    folder,
    classes,
    recipe,
    link,
  }: { folder: string; classes: [string, string]; recipe: Recipe; link: boolean },
  controls: ExportControls,
): Promise<FoldersReport> {
  const folders = classFolders(classes);
  const names = new UniqueNames();
  const targets = pictures.map(({ path, sha256, label, split }) => {
    const parent = `${split}/${folders[label]}`;
    return { path, sha256, target: `${parent}/${names.next(parent, path, sha256)}` };
  });
  const { written, leftOut } = await runJob(
    { kind: 'write-folders', dir: folder, link, pictures: targets },
    controls,
  );
  await writeFile(join(folder, FOLDERS_FILE), listing(pictures, written, classes));
  const report: FoldersReport = {
    pictures: written.length,
    converted: written.filter(({ how }) => how === 'converted').length,
    linked: written.filter(({ how }) => how === 'linked').length,
    leftOut,
  };
  await writeFile(join(folder, 'README.md'), readme(pictures, report, { classes, folders, recipe }));
  await writeCard(folder, baseCard('folders', classes));
  return report;
}

function listing(
  pictures: readonly PictureOnSide[],
  written: WriteFoldersResult['written'],
  classes: readonly [string, string],
): string {
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]));
  const rows = written.map(({ path, target, how }) => {
    const { sha256, label, split } = byPath.get(path)!;
    return { file: target, path, sha256, label: classes[label], split, how };
  });
  return stringify(rows, { header: true, columns: ['file', 'path', 'sha256', 'label', 'split', 'how'] });
}

function readme(
  pictures: readonly PictureOnSide[],
  { converted, leftOut }: FoldersReport,
  { classes, folders, recipe }: { classes: [string, string]; folders: [string, string]; recipe: Recipe },
): string {
  const count = (side: string, label: number): string =>
    String(pictures.filter((picture) => picture.split === side && picture.label === label).length);
  const missing =
    leftOut.length === 0
      ? ''
      : ` ${leftOut.length} more could not be read or had changed, and were left out.`;
  return `# ${classes[0]} and ${classes[1]}, in folders

${table(
  ['', ...classes],
  ['train', 'validation'].map((side) => [side, count(side, 0), count(side, 1)]),
)}

Keras reads the very pixels that Twofold trains on:

\`\`\`python
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
    "train", target_size=(${recipe.size}, ${recipe.size}), interpolation="${recipe.resize}",
    classes=${JSON.stringify(folders)}, class_mode="binary", batch_size=${recipe.batch},
)
\`\`\`

\`classes\` keeps ${classes[0]} as class 0 and ${classes[1]} as class 1; without it Keras numbers folders by the alphabet.

Pictures keep their names; where two in a folder had the same, the start of the content's SHA-256 follows. ${converted} were
converted to PNG, because Keras would have passed them over or read them otherwise (WebP, rotation by EXIF, transparency,
colour profiles); the others are as they were.${missing} \`${FOLDERS_FILE}\` tells where each comes from.
`;
}
