import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sharp } from '../../main/pictures/sharp.ts';
import { pictureRng, type Random } from '../../main/pictures/random.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { benchFolder, exists } from './folders.ts';

/** Counts up when the pictures become others. */
const VERSION = 2;
/** Canvases from which pictures are cut; each is as wide and high as this many pictures. */
const CANVASES = 3;
const CANVAS_SCALE = 1.4;
const CLASSES = ['one', 'other'] as const;

export interface PictureSet {
  width: number;
  height: number;
  counts: { train: number; validation: number };
  /** Amplitude of each doubling of the frequency; chosen so that files have the size of photographs'. */
  fall: number;
}

/** Like the photographs of the Keras tutorial: 33 kB. */
export const SMALL = { width: 500, height: 375, fall: 0.62 } as const;
/** 4.3 megapixels, 0.9 MB. */
export const LARGE = { width: 2400, height: 1800, fall: 0.74 } as const;

/**
 * JPEGs for measuring speed, made here so that every machine has the same: pieces of noise with the spectrum of
 * photographs (about 1/f) and files of their size, so that decoding takes as long. What they show means nothing.
 *
 * @returns a folder with `train/one`, `train/other`, `validation/…`; kept in the user's cache
 */
export async function generatedPictures(set: PictureSet, progress: Progress): Promise<string> {
  const { width, height, counts } = set;
  const folder = benchFolder(`generated-v${VERSION}-${width}x${height}-${counts.train}-${counts.validation}`);
  if (await exists(folder)) return folder;
  await mkdir(benchFolder(), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  const total = counts.train + counts.validation;
  progress.stage(`Making ${total} pictures of ${width}×${height}`);
  const canvases: Canvas[] = [];
  for (let n = 0; n < CANVASES; n++) canvases.push(await makeCanvas(set, pictureRng(VERSION, n, 1)));
  let done = 0;
  for (const split of ['train', 'validation'] as const) {
    for (const name of CLASSES) await mkdir(join(work, split, name), { recursive: true });
    for (let n = 0; n < counts[split]; n++) {
      const path = join(work, split, CLASSES[n % 2]!, `${String(n).padStart(4, '0')}.jpg`);
      await writePicture(canvases[n % CANVASES]!, set, pictureRng(VERSION, done, 0), path);
      progress.update(++done, total, 'items');
    }
  }
  await rename(work, folder);
  return folder;
}

interface Canvas {
  data: Uint8Array;
  width: number;
  height: number;
}

async function makeCanvas(set: PictureSet, random: Random): Promise<Canvas> {
  const [width, height] = [Math.round(set.width * CANVAS_SCALE), Math.round(set.height * CANVAS_SCALE)];
  const sum = new Float32Array(width * height * 3);
  let amplitude = 96;
  for (let columns = 4; columns < width; columns *= 2) {
    const rows = Math.round((columns * height) / width);
    const noise = Uint8Array.from({ length: columns * rows * 3 }, () => 256 * random());
    const octave = await sharp(noise, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    for (let i = 0; i < sum.length; i++) sum[i]! += (amplitude * (octave[i]! - 128)) / 128;
    amplitude *= set.fall;
  }
  const data = new Uint8Array(sum.length);
  for (let i = 0; i < sum.length; i++) data[i] = Math.min(255, Math.max(0, 128 + sum[i]!));
  return { data, width, height };
}

/** Cuts a piece out of a canvas, somewhere, mirrored half of the time: no two pictures are the same. */
async function writePicture(
  { data, width, height }: Canvas,
  set: PictureSet,
  random: Random,
  path: string,
): Promise<void> {
  const piece = sharp(data, { raw: { width, height, channels: 3 } }).extract({
    left: Math.floor((width - set.width) * random()),
    top: Math.floor((height - set.height) * random()),
    width: set.width,
    height: set.height,
  });
  await piece
    .flop(random() < 0.5)
    .jpeg({ quality: 88 })
    .toFile(path);
}
