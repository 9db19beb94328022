import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pictures } from '../../../main/app/services/pictures.ts';
import type { OpenProject } from '../../../main/app/services/open-project.ts';
import { PicturePool } from '../../../main/pictures/pool.ts';
import { sharp } from '../../../main/pictures/sharp.ts';
import { RAW_KINDS } from '../../kit/raw.ts';

const dir = mkdtempSync(join(tmpdir(), 'twofold-shown-'));
const pool = new PicturePool({ threads: 1 });
const pictures = new Pictures({ current: null } as unknown as OpenProject, pool, join(dir, 'cache'));
const wide = { width: 3000, height: 1500, channels: 3 } as const;

beforeAll(async () => {
  const image = sharp(Buffer.alloc(wide.width * wide.height * 3, 90), { raw: wide });
  writeFileSync(join(dir, 'wide.tif'), await image.clone().tiff().toBuffer());
  const jpeg = new Uint8Array(await image.jpeg().toBuffer());
  writeFileSync(join(dir, 'wide.dng'), RAW_KINDS.DNG!(jpeg, wide.width, wide.height, 6));
  for (const name of ['heic-8bit.heic', 'jpeg-420.jpg', 'avif-sequence.avif']) {
    writeFileSync(
      join(dir, name),
      readFileSync(new URL(`../../reference/pictures/${name}`, import.meta.url)),
    );
  }
});
afterAll(async () => {
  await pool.close();
  rmSync(dir, { recursive: true, force: true });
});

/** What the window gets of a file: type, and size in pixels. */
async function shown(name: string, size: 'thumb' | 'full'): Promise<[string, number, number]> {
  const answer = await pictures.tried(pictures.allow(join(dir, name)), size);
  const { width, height } = await sharp(answer!.bytes).metadata();
  return [answer!.mime, width, height];
}

test('a picture that the window can’t show is converted to JPEG, small for the grid and large for the large view', async () => {
  expect(await shown('wide.tif', 'thumb')).toEqual(['image/jpeg', 224, 112]);
  expect(await shown('wide.tif', 'full')).toEqual(['image/jpeg', 2048, 1024]);
  expect(await shown('wide.dng', 'full')).toEqual(['image/jpeg', 1024, 2048]);
  expect(await shown('heic-8bit.heic', 'thumb')).toEqual(['image/jpeg', 66, 44]);
  expect(await shown('heic-8bit.heic', 'full')).toEqual(['image/jpeg', 66, 44]);
});

test('a picture that the window can show is passed on unchanged', async () => {
  expect(await shown('jpeg-420.jpg', 'full')).toEqual(['image/jpeg', 67, 45]);
  const avif = await pictures.tried(pictures.allow(join(dir, 'avif-sequence.avif')), 'full');
  expect(avif!.mime).toBe('image/avif');
});
