import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { TwofoldError, toFailure } from '../../shared/errors.ts';
import type { WriteFoldersJob, WriteFoldersResult } from '../../shared/jobs/export.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import { decodePicture } from '../pictures/decode.ts';
import { sha256 } from '../pictures/hash.ts';
import { isSrgb } from '../pictures/icc.ts';
import { readPictureFile } from '../pictures/read.ts';
import { sharp } from '../pictures/sharp.ts';
import { sniff } from '../pictures/sniff.ts';
import type { JobContext } from '../training/job-context.ts';
import { stageProgress } from '../training/stage-progress.ts';

/** File extensions that Keras' `flow_from_directory` accepts, with the format that such a file must have. */
const KERAS_ENDINGS: Readonly<Record<string, string>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.png': 'png',
  '.bmp': 'bmp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

type Written = WriteFoldersResult['written'][number];

/**
 * Writes pictures to folders so that Keras reads exactly the same pixels as Twofold. Files that Keras would skip (WebP,
 * AVIF, GIF, a wrong extension) or read differently (EXIF orientation, transparency, 16 bits, a colour profile) are
 * converted to PNG, without loss; all others are copied or linked. Pictures that can't be read or have changed since import
 * are skipped and reported.
 *
 * @throws TwofoldError `cancelled`; the file system's error if the disk is full
 */
export async function runWriteFoldersJob(
  { dir, bits16, link: linked, pictures }: WriteFoldersJob,
  { control, emit }: JobContext,
): Promise<WriteFoldersResult> {
  const written: Written[] = [];
  const leftOut: LeftOut[] = [];
  const meter = stageProgress('writing', pictures.length, emit);
  for (const [index, picture] of pictures.entries()) {
    try {
      written.push(await place(dir, picture, { linked, bits16 }));
    } catch (error) {
      if (!(error instanceof TwofoldError)) throw error;
      const left = { path: picture.path, ...toFailure(error) };
      leftOut.push(left);
      emit({ type: 'left-out', leftOut: left });
    }
    meter.update(index + 1);
    await control.turn();
  }
  return { kind: 'write-folders', written, leftOut };
}

async function place(
  dir: string,
  picture: WriteFoldersJob['pictures'][number],
  { linked, bits16 }: { linked: boolean; bits16: number },
): Promise<Written> {
  const { path, target } = picture;
  const { bytes } = readPictureFile(path);
  if (sha256(bytes) !== picture.sha256) {
    throw new TwofoldError('changed', 'The file has changed since it was imported.');
  }
  const file = join(dir, target);
  await mkdir(dirname(file), { recursive: true });
  if (!(await isReadAlike(bytes, extname(path).toLowerCase()))) {
    const png = target.slice(0, target.length - extname(target).length) + '.png';
    const { data, width, height } = await decodePicture(bytes, { bits16 });
    // Not written by sharp, so that a full disk is reported as one.
    await writeFile(
      join(dir, png),
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer(),
      { flag: 'wx' },
    );
    return { path, target: png, how: 'converted' };
  }
  if (linked && (await tryLink(path, file))) return { path, target, how: 'linked' };
  await writeFile(file, bytes, { flag: 'wx' });
  return { path, target, how: 'copied' };
}

/** Whether Keras (Pillow without EXIF and profiles) reads the same pixels from these bytes as Twofold. */
async function isReadAlike(bytes: Uint8Array, ending: string): Promise<boolean> {
  const found = sniff(bytes);
  if (found.kind !== 'picture' || KERAS_ENDINGS[ending] !== found.format) return false;
  if (found.format === 'bmp') return true;
  const { orientation, hasAlpha, depth, icc, space } = await sharp(bytes).metadata();
  return (
    (orientation ?? 1) === 1 &&
    !hasAlpha &&
    depth === 'uchar' &&
    (icc === undefined || isSrgb(icc)) &&
    (space === 'srgb' || space === 'b-w' || (space === 'cmyk' && icc === undefined))
  );
}

/** Creates a hard link, or a symbolic one if the file system allows no hard link. */
async function tryLink(path: string, file: string): Promise<boolean> {
  const original = resolve(path);
  for (const make of [link, symlink]) {
    try {
      await make(original, file);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    }
  }
  return false;
}
