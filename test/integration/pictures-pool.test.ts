import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlobCache } from '../../main/pictures/cache.ts';
import { sha256 } from '../../main/pictures/hash.ts';
import { pixelKey } from '../../main/pictures/pixels.ts';
import { PicturePool } from '../../main/pictures/pool.ts';
import { preparePixels } from '../../main/pictures/prepare.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { thumbnailKey } from '../../main/pictures/thumbnail-key.ts';
import type { NumberedPicture, PixelOptions } from '../../main/pictures/tasks.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';

const dir = mkdtempSync(join(tmpdir(), 'twofold-pool-'));
const reference = fileURLToPath(new URL('../reference/pictures/', import.meta.url));
const pool = new PicturePool({ threads: 2 });
afterAll(async () => {
  await pool.close();
  rmSync(dir, { recursive: true, force: true });
});

const names = ['jpeg-420.jpg', 'jpeg-cmyk.jpg', 'jpeg-exif-6.jpg', 'png-alpha.png', 'gif-animated.gif', 'bmp-rle8.bmp', 'tiff-lzw.tif']; // prettier-ignore
const options: PixelOptions = { size: 75, resize: 'bilinear' };
const pictures: NumberedPicture[] = [];
beforeAll(() => {
  for (const [index, name] of names.entries()) {
    const path = join(dir, name);
    copyFileSync(join(reference, name), path);
    pictures.push({ path, index, sha256: sha256(readFileSync(path)) });
  }
});
const freshCache = () => mkdtempSync(join(dir, 'cache-'));
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
const draw = { seed: 7, epoch: 3, ranges: DEFAULT_RECIPE.augmentation };
/** One picture of a batch, back in 0..255. */
const row = (pixels: Float32Array, position: number) =>
  Array.from(pixels.subarray(position * 75 * 75 * 3, (position + 1) * 75 * 75 * 3), (value) =>
    Math.round(value * 255),
  );

describe('inspect', () => {
  test('returns information about a picture, and caches thumbnail and pixels', async () => {
    const [thumbnailDir, cacheDir] = [freshCache(), freshCache()];
    const picture = pictures[2]!;
    const answer = await pool.inspect(picture.path, { thumbnailDir, pixels: { size: 75, resize: 'bilinear', cacheDir } }); // prettier-ignore
    expect(answer).toMatchObject({
      ok: true,
      value: { sha256: picture.sha256, width: 21, height: 34, format: 'jpeg', sizeBytes: 1123 },
    });
    const thumbnail = new BlobCache(thumbnailDir).get(thumbnailKey(picture.sha256!))!;
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 21, height: 34 });
    const pixels = new BlobCache(cacheDir).get(pixelKey(picture.sha256!, options));
    expect(pixels).toEqual(await preparePixels(picture.path, options));
  });

  test('gives the reason for a bad file, and reads the others', async () => {
    const bad = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(dir, name), content);
      return join(dir, name);
    };
    const jpeg = readFileSync(join(reference, 'jpeg-420.jpg'));
    const loop = join(dir, 'loop.jpg');
    symlinkSync(loop, loop);
    const answers = await Promise.all(
      [
        bad('empty.jpg', ''),
        bad('half.jpg', jpeg.subarray(0, jpeg.length / 2)),
        bad('text.jpg', 'no picture\n'),
        bad('right.png', jpeg), // wrong extension: content decides
        dir,
        loop,
        join(dir, 'none.jpg'),
        bad('drawing.jpg', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
      ].map((path) => pool.inspect(path)),
    );
    const codes = answers.map((answer) => (answer.ok ? answer.value.format : answer.error.code));
    expect(codes).toEqual(['bad-picture', 'bad-picture', 'bad-picture', 'jpeg', 'bad-picture', 'bad-picture', 'not-found', 'unsupported']); // prettier-ignore
  });
});

describe('batches', () => {
  test('contain the pixels of preparePixels, in order', async () => {
    const { pixels, failures } = await pool.prepareBatch(pictures, options);
    expect(failures).toEqual([]);
    for (const [position, { path }] of pictures.entries()) {
      expect(row(pixels, position)).toEqual([...(await preparePixels(path, options))]);
    }
    const single = await pool.prepare(pictures[1]!, options);
    expect(single).toEqual({ ok: true, value: await preparePixels(pictures[1]!.path, options) });
  });

  test('a picture that is bad, changed or gone leaves zeros and does not disturb its neighbours', async () => {
    const cacheDir = freshCache();
    const paths = ['bad.jpg', 'changed.jpg', 'gone.jpg'].map((name) => join(dir, name));
    writeFileSync(paths[0]!, 'no picture');
    copyFileSync(join(reference, 'jpeg-444.jpg'), paths[1]!);
    const mixed: NumberedPicture[] = [
      pictures[0]!,
      { path: paths[0]!, sha256: sha256(Buffer.from('no picture')), index: 8 },
      { path: paths[1]!, sha256: 'e'.repeat(64), index: 9 },
      { path: paths[2]!, sha256: 'f'.repeat(64), index: 10 },
      pictures[3]!,
    ];
    const { pixels, failures } = await pool.prepareBatch(mixed, { ...options, cacheDir: freshCache() });
    expect(failures.map(({ position, error }) => [position, error.code])).toEqual([[1, 'bad-picture'], [2, 'changed'], [3, 'not-found']]); // prettier-ignore
    const whole = await pool.prepareBatch(pictures, { ...options, cacheDir });
    expect(row(pixels, 0)).toEqual(row(whole.pixels, 0));
    expect(row(pixels, 4)).toEqual(row(whole.pixels, 3));
    expect(new Set(row(pixels, 2))).toEqual(new Set([0]));
  });

  test('augmented pixels depend on seed, epoch and picture, not on threads, batches or the cache', async () => {
    const one = await pool.augment(pictures, draw, options);
    const again = await pool.augment([...pictures].reverse(), draw, { ...options, cacheDir: freshCache() });
    const other = await pool.augment(pictures, { ...draw, epoch: 4 }, options);
    const last = pictures.length - 1;
    for (const position of pictures.keys()) {
      expect(row(again.pixels, last - position)).toEqual(row(one.pixels, position));
      expect(row(other.pixels, position)).not.toEqual(row(one.pixels, position));
    }
    expect(Math.min(...one.pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...one.pixels)).toBeLessThanOrEqual(1);
  });
});

describe('the pixel cache', () => {
  test('is read instead of the file, rebuilt when damaged, and never hides a changed or missing picture', async () => {
    const cacheDir = freshCache();
    const path = join(dir, 'cached.jpg');
    const content = readFileSync(join(reference, 'jpeg-422.jpg'));
    writeFileSync(path, content);
    utimesSync(path, 1000, 1000);
    const picture = { path, sha256: sha256(content), sizeBytes: content.length, mtimeMs: 1_000_000 };
    const cached = { ...options, cacheDir };
    const first = await pool.prepare(picture, cached);
    const [entry] = files(cacheDir);
    const file = join(entry!.parentPath, entry!.name);
    const sound = readFileSync(file);

    const damaged = Buffer.from(sound);
    damaged[5000]! ^= 1;
    writeFileSync(file, damaged);
    expect(await pool.prepare(picture, cached)).toEqual(first);
    expect(readFileSync(file)).toEqual(sound);

    // Touched, but the same content: fine. Other content: reported, although the cache has what was imported.
    utimesSync(path, 2000, 2000);
    expect(await pool.prepare(picture, cached)).toEqual(first);
    writeFileSync(path, readFileSync(join(reference, 'jpeg-444.jpg')));
    expect(await pool.prepare(picture, cached)).toMatchObject({ ok: false, error: { code: 'changed' } });
    rmSync(path);
    expect(await pool.prepare(picture, cached)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await pool.prepare(picture, { ...cached, checkFiles: false })).toEqual(first);
  });
});

describe('ending', () => {
  test('an aborted signal rejects at once, drops what is queued and leaves the pool usable', async () => {
    const abort = new AbortController();
    const large = join(dir, 'large.jpg');
    writeFileSync(large, await sharp(Buffer.alloc(36_000_000, 90), { raw: { width: 4000, height: 3000, channels: 3 } }).jpeg().toBuffer()); // prettier-ignore
    const work = Array.from({ length: 60 }, () => pool.inspect(large, {}, abort.signal));
    const settled = Promise.allSettled(work);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    abort.abort();
    for (const result of await settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'cancelled' });
    }
    expect(performance.now() - start).toBeLessThan(1000);
    await expect(pool.inspect(large, {}, abort.signal)).rejects.toBeInstanceOf(TwofoldError);
    expect(await pool.inspect(pictures[0]!.path)).toMatchObject({ ok: true });
  });

  test('close ends the threads', async () => {
    const other = new PicturePool({ threads: 1 });
    const running = other.inspect(pictures[0]!.path);
    const queued = Array.from({ length: 5 }, () => other.inspect(pictures[0]!.path));
    const all = Promise.allSettled([running, ...queued]);
    await other.close();
    for (const result of await all) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'cancelled' });
    }
  });
});

describe('in other environments', () => {
  const job = `
    const pool = new PicturePool({ threads: 1 });
    const answer = await pool.inspect(process.argv[2]);
    const { pixels } = await pool.prepareBatch([{ path: process.argv[2], sha256: null }], { size: 75, resize: 'nearest' });
    await pool.close();
    console.log(JSON.stringify([answer.value.format, pixels.length]));`;
  const run = (args: string[]) =>
    JSON.parse(execFileSync(process.execPath, [...args, pictures[0]!.path], { encoding: 'utf8' })) as unknown;

  test('runs from sources under plain Node with tsx', () => {
    const script = join(dir, 'job.mts');
    const source = new URL('../../main/pictures/pool.ts', import.meta.url);
    writeFileSync(script, `import { PicturePool } from ${JSON.stringify(source.href)};${job}`);
    const loader = import.meta.resolve('tsx');
    expect(run(['--import', loader, script])).toEqual(['jpeg', 16_875]);
  });

  test('runs from a Vite bundle', async () => {
    const out = join(dir, 'bundle');
    mkdirSync(out);
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(out, 'node_modules'));
    const sources = fileURLToPath(new URL('../../main/pictures/', import.meta.url));
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: true,
        outDir: join(out, 'main'),
        rolldownOptions: {
          input: { pool: join(sources, 'pool.ts'), worker: join(sources, 'worker.ts') },
          output: { entryFileNames: '[name].js' },
        },
      },
    });
    writeFileSync(join(out, 'main', 'package.json'), '{"type":"module"}');
    writeFileSync(join(out, 'main', 'job.js'), `import { PicturePool } from './pool.js';${job}`);
    expect(run([join(out, 'main', 'job.js')])).toEqual(['jpeg', 16_875]);
  });
});
