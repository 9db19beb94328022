import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from '../../main/pictures/sharp.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { benchFolder, exists } from './folders.ts';
import { unpackPackages } from './photographs.ts';

/** Counts up when the pictures change. */
const VERSION = 1;
/** Photographs of 8 to 16 megapixels, of which pieces of 4:3 are brought to each size. */
const PACKAGE = 'lomiri-wallpapers-16.04';
const FILES = [
  'seeding_by_Clements_Engelhardt.jpg',
  'Dragonfly_by_Bolly.jpg',
  'sunset_by_Aitzol_Berasategi.jpg',
  'picosdeeuropa_by_Aitzol_Berasategi.jpg',
] as const;

export interface CameraSet {
  width: number;
  height: number;
  count: number;
  /** Quality of the JPEG, 1 to 100, with chroma at half resolution. */
  quality: number;
}

/**
 * JPEGs as cameras write them, from photographs in a Debian package: each another piece of one of them, so that no two
 * files are the same. Made once and kept in the user's cache.
 *
 * @returns paths of the files
 * @throws TwofoldError `unsupported` where Debian's packages are not to be had
 */
export async function cameraPhotographs(set: CameraSet, progress: Progress): Promise<string[]> {
  const { width, height, count, quality } = set;
  const folder = benchFolder(`camera-v${VERSION}-${width}x${height}-${quality}-${count}`);
  if (!(await exists(folder))) await make(folder, set, progress);
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

async function make(
  folder: string,
  { width, height, count, quality }: CameraSet,
  progress: Progress,
): Promise<void> {
  await mkdir(benchFolder(), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    progress.stage('Fetching photographs from Debian');
    const unpacked = await unpackPackages([PACKAGE], join(work, 'package'));
    const set = join(work, 'set');
    await mkdir(set);
    progress.stage(`Cutting ${count} photographs of ${width}×${height}`);
    for (let n = 0; n < count; n++) {
      const name = FILES[n % FILES.length]!;
      const source = unpacked.find((path) => path.endsWith(name));
      if (source === undefined) throw new TwofoldError('corrupt', `${PACKAGE} does not contain ${name}.`);
      const { width: wide, height: high } = await sharp(source).metadata();
      // A few pixels smaller and further to the right each time.
      const piece = Math.min(wide, (high * 4) / 3) - 16 * Math.floor(n / FILES.length);
      await sharp(source)
        .extract({
          left: Math.floor(wide - piece),
          top: 0,
          width: Math.floor(piece),
          height: Math.floor(piece * 0.75),
        })
        .resize(width, height, { fit: 'fill' })
        .jpeg({ quality })
        .toFile(join(set, `${String(n).padStart(3, '0')}.jpg`));
      progress.update(n + 1, count, 'items');
    }
    await rename(set, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
