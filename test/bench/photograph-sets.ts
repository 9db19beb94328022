import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pictureRng } from '../../main/pictures/random.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { benchFolder, exists } from './folders.ts';
import { HEIGHT, photographs, unpackPackages, WIDTH } from './photographs.ts';

/** Counts up when the sets change. */
const VERSION = 1;
/** Cut-out photographs of single things. */
const STAMPS = 'tuxpaint-stamps-default';
const STAMP_FOLDER = `${sep}stamps${sep}`;
/** Pictures to label, and others to test with. */
const COUNTS = { train: 600, validation: 400 };

/** Which stamps are of which class, by their folders. */
const COMPOSED = {
  'animals, plants': { animal: ['animals'], plant: ['plants', 'food/fruit', 'food/vegetables', 'food/nuts'] },
  'birds, mammals': { bird: ['animals/birds'], mammal: ['animals/mammals'] },
} as const;

export interface PhotographSet {
  name: string;
  /** With `train/CLASS` and `validation/CLASS`, whose pictures show other photographs. */
  folder: string;
}

/**
 * Three sets of photographs of two classes, 600 pictures to label and 400 to test with: landscapes and close-ups of plants,
 * and photographs of animals, plants, birds and mammals that are cut out, put before pieces of photographed landscapes.
 * Made once and kept in the user's cache.
 *
 * @throws TwofoldError `unsupported` where Debian's packages are not to be had
 */
export async function photographSets(progress: Progress): Promise<PhotographSet[]> {
  const landscapes = await photographs(COUNTS, progress);
  const sets: PhotographSet[] = [{ name: 'landscapes, plants', folder: landscapes }];
  for (const [name, classes] of Object.entries(COMPOSED)) {
    const folder = benchFolder(`photographs-${name.replace(', ', '-')}-v${VERSION}`);
    if (!(await exists(folder))) await compose(folder, classes, landscapes, progress);
    sets.push({ name, folder });
  }
  return sets;
}

/** All stamps that are photographs, by their path in the package. */
export async function unpackStamps(folder: string, progress: Progress): Promise<Map<string, string>> {
  progress.stage('Fetching cut-out photographs from Debian (about 160 MB)');
  const files = await unpackPackages([STAMPS], folder);
  const photographed = files.filter(
    (file) => file.includes(STAMP_FOLDER) && /^(?!.*(cartoon|_mirror|_flip)).*\.png$/.test(file),
  );
  return new Map(
    photographed.sort().map((file) => [file.slice(file.indexOf(STAMP_FOLDER) + STAMP_FOLDER.length), file]),
  );
}

async function compose(
  folder: string,
  classes: Readonly<Record<string, readonly string[]>>,
  landscapes: string,
  progress: Progress,
): Promise<void> {
  const work = await mkdtemp(`${folder}.`);
  try {
    const stamps = await unpackStamps(join(work, 'package'), progress);
    progress.stage('Composing pictures');
    for (const split of ['train', 'validation'] as const) {
      const grounds = join(landscapes, split, 'landscape');
      const names = (await readdir(grounds)).sort();
      for (const [name, parts] of Object.entries(classes)) {
        const target = join(work, 'set', split, name);
        await mkdir(target, { recursive: true });
        // Every third photograph is for the test.
        const own = [...stamps]
          .filter(([path]) => parts.some((part) => path.startsWith(`${part}/`)))
          .filter((_, index) => (index % 3 === 2) === (split === 'validation'))
          .map(([, file]) => file);
        for (let n = 0; n < COUNTS[split] / 2; n++) {
          await composeOne({
            stamp: own[n % own.length]!,
            ground: join(grounds, names[(n * 7) % names.length]!),
            n,
            target: join(target, `${String(n).padStart(4, '0')}.jpg`),
          });
        }
      }
    }
    await rename(join(work, 'set'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Puts a stamp at half to nine tenths of the height anywhere on a ground, every other one mirrored. */
export async function composeOne({
  stamp,
  ground,
  n,
  target,
}: {
  stamp: string;
  ground: string;
  n: number;
  target: string;
}): Promise<void> {
  const random = pictureRng(VERSION, n, 1);
  const side = Math.round(HEIGHT * (0.5 + 0.4 * random()));
  const fitted = sharp(stamp).resize(side, side, { fit: 'inside' });
  const { data, info } = await (n % 2 === 0 ? fitted : fitted.flop()).png().toBuffer({
    resolveWithObject: true,
  });
  await sharp(ground)
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .composite([
      {
        input: data,
        left: Math.floor((WIDTH - info.width) * random()),
        top: Math.floor((HEIGHT - info.height) * random()),
      },
    ])
    .jpeg({ quality: 88 })
    .toFile(target);
}
