import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from '../../main/pictures/sharp.ts';
import { pictureRng } from '../../main/pictures/random.ts';
import { run } from '../../scripts/setup/child.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { benchFolder, exists } from './folders.ts';
import { PACKAGES, PHOTOGRAPHS, type Photograph } from './photograph-list.ts';

/** Counts up when the list or the way of cutting changes. */
const VERSION = 1;
export const WIDTH = 500;
export const HEIGHT = 375;
const CLASSES = ['landscape', 'plant'] as const;
const SPLITS = ['train', 'validation'] as const;

/**
 * A set of real photographs of two classes, cut from the wallpapers of Debian packages into JPEGs of 500×375, in folders
 * as Keras' `flow_from_directory` reads them: `train/landscape`, `train/plant`, `validation/…`. Validation shows other
 * photographs than training. Made once and kept in the user's cache; the same everywhere.
 *
 * @param counts pictures of each split, half of them of each class
 * @returns the folder
 * @throws TwofoldError `unsupported` where Debian's packages are not to be had
 */
export async function photographs(
  counts: { train: number; validation: number },
  progress: Progress,
): Promise<string> {
  const folder = benchFolder(`photographs-v${VERSION}-${counts.train}-${counts.validation}`);
  if (await exists(folder)) return folder;
  await mkdir(benchFolder(), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    const sources = await unpackWallpapers(join(work, 'packages'), progress);
    progress.stage('Cutting the photographs');
    for (const split of SPLITS) {
      for (const name of CLASSES) {
        const target = join(work, 'set', split, name);
        await mkdir(target, { recursive: true });
        const chosen = PHOTOGRAPHS.filter(
          (photograph) => photograph.class === name && photograph.split === split,
        );
        await cutClass(chosen, sources, target, counts[split] / 2);
      }
    }
    await rename(join(work, 'set'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

/** The wallpapers' photographs by file name. */
async function unpackWallpapers(folder: string, progress: Progress): Promise<Map<string, string>> {
  progress.stage('Fetching photographs from Debian (about 160 MB)');
  const files = await unpackPackages(PACKAGES, folder);
  return new Map(files.map((file) => [key(file), file]));
}

/**
 * Downloads Debian packages and unpacks them without installing anything.
 *
 * @returns paths of their files
 * @throws TwofoldError `unsupported` where they are not to be had
 */
export async function unpackPackages(packages: readonly string[], folder: string): Promise<string[]> {
  const unavailable = (detail: string): TwofoldError =>
    new TwofoldError(
      'unsupported',
      `The photographs come from Debian packages (${packages.join(', ')}), which could not be fetched here: ${detail}. ` +
        'Run this benchmark on Debian or a descendant, after "apt-get update".',
    );
  await mkdir(folder, { recursive: true });
  const download = await run('apt-get', ['download', '-q', ...packages], { cwd: folder });
  if (download.failed) throw unavailable(lastLine(download.stderr) || 'there is no apt-get');
  const found: string[] = [];
  for (const archive of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
    const target = join(folder, archive.slice(0, archive.indexOf('_')));
    const { failed, stderr } = await run('dpkg-deb', ['-x', join(folder, archive), target]);
    if (failed) throw unavailable(lastLine(stderr));
    for (const file of await readdir(target, { recursive: true })) found.push(join(target, file));
  }
  return found;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
/** Plasma names every picture by its size: the name of its wallpaper tells them apart. */
const key = (path: string): string =>
  /wallpapers\/([^/]+)\/contents\/images\/2560x1600|wallpapers\/([^/]+)\/contents\/images\/5120x2880/
    .exec(path)
    ?.slice(1)
    .find(Boolean) ?? path.slice(path.lastIndexOf('/') + 1);

/** Cuts `count` pictures; picture n is of photograph n modulo their number, so that each shows equally often. */
async function cutClass(
  chosen: readonly Photograph[],
  sources: ReadonlyMap<string, string>,
  folder: string,
  count: number,
): Promise<void> {
  for (const [index, photograph] of chosen.entries()) {
    const path = sources.get(photograph.file);
    if (path === undefined) {
      throw new TwofoldError(
        'corrupt',
        `The Debian packages do not hold the photograph ${photograph.file} that is expected.`,
      );
    }
    const pixels = await readPixels(path);
    for (let n = index; n < count; n += chosen.length) {
      await cut(pixels, photograph, n, join(folder, `${String(n).padStart(4, '0')}.jpg`));
    }
  }
}

interface Pixels {
  data: Buffer;
  info: { width: number; height: number; channels: 3 };
}

/** Decodes a photograph once for all its pieces, and no larger than they need. */
async function readPixels(path: string): Promise<Pixels> {
  const { data, info } = await sharp(path, { limitInputPixels: false })
    .resize({ width: 4 * WIDTH, withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, info: { width: info.width, height: info.height, channels: 3 } };
}

/** Cuts a piece of 4:3 out of the photograph: 50 to 95 % of the largest that fits, anywhere. */
async function cut(
  { data, info }: Pixels,
  { region = [0, 0, 1, 1] }: Photograph,
  n: number,
  target: string,
): Promise<void> {
  const random = pictureRng(VERSION, n, 0);
  const [left, right] = [region[0] * info.width, region[2] * info.width];
  const [top, bottom] = [region[1] * info.height, region[3] * info.height];
  const width = Math.min(right - left, ((bottom - top) * WIDTH) / HEIGHT) * (0.5 + 0.45 * random());
  const height = (width * HEIGHT) / WIDTH;
  await sharp(data, { raw: info })
    .extract({
      left: Math.floor(left + (right - left - width) * random()),
      top: Math.floor(top + (bottom - top - height) * random()),
      width: Math.floor(width),
      height: Math.floor(height),
    })
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .jpeg({ quality: 88 })
    .toFile(target);
}
