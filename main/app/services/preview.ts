import type { CallPayload } from '../../../shared/contract.ts';
import type { AugmentationPreview } from '../../../shared/contract/pictures.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Picture } from '../../../shared/library/pictures.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import { pixelsIn } from '../../pictures/cache-folders.ts';

type Wanted = CallPayload<'pictures.previewAugmentation'>;

/**
 * Previews augmentation of a picture with the code that training uses. Each variant is drawn as for a different epoch.
 *
 * @returns RGB bytes of the original and of `count` variants, each sizePx × sizePx
 * @throws TwofoldError if the picture can't be read
 */
export async function previewAugmentation(
  pool: PicturePool,
  project: Project,
  { path, sha256, sizeBytes, mtimeMs }: Picture,
  { augmentation, sizePx: size, resize, bits16, count, seed }: Wanted,
): Promise<AugmentationPreview> {
  const picture = { path, sha256, sizeBytes, mtimeMs };
  const options = { size, resize, bits16, cacheDir: pixelsIn(cacheDir(project)) };
  const { enabled: _, variants: __, ...ranges } = augmentation;
  const original = await pool.prepare(picture, options);
  if (!original.ok) throw new TwofoldError(original.error.code, original.error.message);
  const variants = await Promise.all(
    Array.from({ length: count }, async (_none, epoch) => {
      const { pixels } = await pool.augment([{ ...picture, index: 0 }], { seed, epoch, ranges }, options);
      return toBytes(pixels);
    }),
  );
  return { sizePx: size, original: original.value, variants };
}

/** Converts 0..1 to 0..255. A loop, since `Uint8Array.from` with a function takes 7 ms per picture. */
function toBytes(pixels: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(pixels.length);
  for (let index = 0; index < pixels.length; index++) bytes[index] = pixels[index]! * 255;
  return new Uint8Array(bytes.buffer);
}
