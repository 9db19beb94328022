import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toCsv } from '../../files/csv.ts';
import { FOLDERS_COLUMNS, FOLDERS_FILE } from '../../files/export-marks.ts';
import type { WriteFoldersResult } from '../../../shared/jobs/export.ts';
import type { LeftOut } from '../../../shared/jobs/left-out.ts';
import type { Split } from '../../../shared/split.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { baseCard, writeCard } from '../../export/card/card.ts';
import { plain, table } from '../../export/card/markdown.ts';
import { classFolders, UniqueNames } from '../../export/names.ts';
import { runJob, type JobOptions } from '../../training/supervisor.ts';
import type { PictureOnSide } from './split-pictures.ts';

export interface FoldersReport {
  pictures: number;
  converted: number;
  linked: number;
  leftOut: LeftOut[];
}

/**
 * Writes pictures to `train/CLASS/`, `validation/CLASS/` and `test/CLASS/` in an existing folder, under their own names
 * where possible, and a list of their original paths.
 *
 * @param options `run`: id of the run whose split it is; null if none was trained. `link`: creates hard links, or
 * symbolic ones where these fail, instead of copies
 */
export async function exportFolders(
  pictures: readonly PictureOnSide[],
  {
    folder,
    classes,
    recipe,
    run,
    link,
  }: { folder: string; classes: [string, string]; recipe: Recipe; run: string | null; link: boolean },
  jobOptions: JobOptions,
): Promise<FoldersReport> {
  const folders = classFolders(classes);
  const names = new UniqueNames();
  const targets = pictures.map(({ path, sha256, label, split }) => {
    const parent = `${split}/${folders[label]}`;
    return { path, sha256, target: `${parent}/${names.next(parent, path, sha256)}` };
  });
  const { written, leftOut } = await runJob(
    { kind: 'write-folders', dir: folder, bits16: recipe.bits16, link, pictures: targets },
    jobOptions,
  );
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]));
  const placed = written.map((file) => ({ ...byPath.get(file.path)!, ...file }));
  await writeFile(join(folder, FOLDERS_FILE), listing(placed, classes));
  const report: FoldersReport = {
    pictures: written.length,
    converted: written.filter(({ how }) => how === 'converted').length,
    linked: written.filter(({ how }) => how === 'linked').length,
    leftOut,
  };
  await writeFile(join(folder, 'README.md'), readme(placed, report, { classes, folders, recipe, run }));
  await writeCard(folder, baseCard('folders', classes));
  return report;
}

/** A picture and its exported file. */
type Placed = PictureOnSide & WriteFoldersResult['written'][number];

function listing(placed: readonly Placed[], classes: readonly [string, string]): string {
  const rows = placed.map(({ target, label, ...rest }) => ({ ...rest, file: target, label: classes[label] }));
  return toCsv(rows, FOLDERS_COLUMNS);
}

function readme(
  placed: readonly Placed[],
  { converted, leftOut }: FoldersReport,
  {
    classes,
    folders,
    recipe,
    run,
  }: { classes: [string, string]; folders: [string, string]; recipe: Recipe; run: string | null },
): string {
  const count = (side: string, label: number): string =>
    String(placed.filter((picture) => picture.split === side && picture.label === label).length);
  const hasTestSet = placed.some(({ split }) => split === 'test');
  const sides: Split[] = ['train', 'validation', ...(hasTestSet ? (['test'] as const) : [])];
  const [zero, one] = classes.map(plain) as [string, string];
  const missing =
    leftOut.length === 0 ? '' : ` ${leftOut.length} more could not be read or had changed and were skipped.`;
  return `# Class folders: ${zero} and ${one}

${table(
  ['', zero, one],
  sides.map((side) => [side, count(side, 0), count(side, 1)]),
)}

${
  run === null
    ? 'No run has been trained yet, so the split is the one that training would use.'
    : `The split is that of run ${run}, with the labels at the time of the export. Pictures labelled after the run are not included.`
}${
    hasTestSet
      ? '\n\n`test` is the test set: evaluate a finished model on it, and never train or validate on it.'
      : ''
  }

With Keras, this gives exactly the pixels that Twofold trains on:

\`\`\`python
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
    "train", target_size=(${recipe.size}, ${recipe.size}), interpolation="${recipe.resize}",
    classes=${JSON.stringify(folders)}, class_mode="binary", batch_size=${recipe.batch},
)
\`\`\`

\`classes\` keeps ${zero} as class 0 and ${one} as class 1; without it Keras numbers the folders alphabetically.

Pictures keep their names; where two in a folder had the same name, the start of the content's SHA-256 is added.
${converted} were converted to PNG, because Keras would skip them or read them differently (WebP, EXIF rotation,
transparency, colour profiles); the others are unchanged.${missing} \`${FOLDERS_FILE}\` lists their original paths.
`;
}
