import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportFolders, type FoldersReport } from '../../../main/engine/export/folders-export.ts';
import type { PictureOnSide } from '../../../main/engine/export/split-pictures.ts';
import { sha256 } from '../../../main/pictures/hash.ts';
import { preparePixels } from '../../../main/pictures/prepare.ts';
import { spawnNodeProcess } from '../../../main/jobs/child.ts';
import { DEFAULT_RECIPE } from '../../../shared/recipe.ts';
import { here, ODD_PICTURES, python, temporaryFolder } from '../../kit/export-support.ts';

const SIZE = 75;
/** In the order of the model, which is not the alphabet's. */
const CLASSES: [string, string] = ['zebra', 'apple/pear'];
const FOLDERS = ['zebra', 'apple_pear'];

function pictureAt(path: string, index: number): PictureOnSide {
  return {
    id: index,
    path,
    sha256: sha256(readFileSync(path)),
    label: (index % 2) as 0 | 1,
    split: index % 3 === 0 ? 'validation' : 'train',
  };
}

describe('class folders', () => {
  const source = temporaryFolder();
  const copies = join(temporaryFolder(), 'copies');
  let pictures: PictureOnSide[];
  let report: FoldersReport;

  beforeAll(async () => {
    const odd = readdirSync(ODD_PICTURES).map((name) => join(ODD_PICTURES, name));
    // The same name elsewhere, a wrong ending, a name that needs care, a picture that has changed, one that is no picture.
    mkdirSync(join(source, 'other'));
    const place = (from: string, to: string): string => {
      copyFileSync(join(ODD_PICTURES, from), join(source, to));
      return join(source, to);
    };
    const special = [
      place('jpeg-low.jpg', 'other/jpeg-420.jpg'),
      place('png-rgb.png', 'is-a-png.jpg'),
      place('jpeg-420.jpg', 'no ending'),
      place('jpeg-420.jpg', 'Ünï 照片 #1.JPEG'),
      place('jpeg-420.jpg', 'changed.jpg'),
    ];
    const broken = join(source, 'broken.jpg');
    writeFileSync(broken, 'not a picture');
    pictures = [...odd, ...special, broken].map(pictureAt);
    const twin = pictures.find(({ path }) => path.endsWith(join('other', 'jpeg-420.jpg')))!;
    const { label, split } = pictures.find(({ path }) => path === join(ODD_PICTURES, 'jpeg-420.jpg'))!;
    Object.assign(twin, { label, split });
    writeFileSync(join(source, 'changed.jpg'), readFileSync(join(ODD_PICTURES, 'jpeg-low.jpg')));
    mkdirSync(copies);
    report = await exportFolders(
      pictures,
      { folder: copies, classes: CLASSES, recipe: { ...DEFAULT_RECIPE, size: SIZE }, run: 'r7', link: false },
      { spawn: spawnNodeProcess },
    );
  });

  const rows = (folder: string): Record<'file' | 'path' | 'label' | 'split' | 'how', string>[] =>
    parse(readFileSync(join(folder, 'folders.csv')), { columns: true });

  test('unreadable and changed pictures are skipped and listed', () => {
    expect(report.leftOut.map(({ path, code }) => [basename(path), code])).toEqual([
      ['heic-pq.heic', 'unsupported'],
      ['heif-jpeg.heif', 'unsupported'],
      ['changed.jpg', 'changed'],
      ['broken.jpg', 'bad-picture'],
    ]);
    expect(report.pictures).toBe(pictures.length - 4);
  });

  test('the README states the contents and the split', () => {
    const text = readFileSync(join(copies, 'README.md'), 'utf8');
    const cells = [...text.matchAll(/^\| (?:train|validation) \| (\d+) \| (\d+) \|$/gm)].flatMap((row) =>
      row.slice(1).map(Number),
    );
    expect(cells).toHaveLength(4);
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(pictures.length - 4);
    expect(text).toContain('4 more could not be read');
    expect(text).toContain('is that of run r7');
  });

  test.each(['bilinear', 'nearest'] as const)(
    'flow_from_directory finds every picture with its label, and load_img reads the app’s pixels, %s',
    async (resize) => {
      const script = here('folders_pixels.py');
      const output = await python(script, copies, String(SIZE), resize, ...FOLDERS);
      const found = JSON.parse(output.slice(output.indexOf('[{'))) as {
        path: string;
        side: string;
        label: number;
        pixels: string;
      }[];
      const byFile = new Map(found.map((each) => [each.path, each]));
      expect(byFile.size).toBe(report.pictures);
      for (const { file, path, label, split } of rows(copies)) {
        const keras = byFile.get(join(copies, file))!;
        expect(keras).toMatchObject({ side: split, label: CLASSES.indexOf(label) });
        const expected = Buffer.from(await preparePixels(path, { size: SIZE, resize })).toString('hex');
        expect({ file, same: keras.pixels === expected }).toEqual({ file, same: true });
      }
    },
  );

  test('names stay recognisable; files that Keras would read differently are converted, the others are unchanged', () => {
    const all = rows(copies);
    expect(new Set(all.map(({ file }) => file)).size).toBe(all.length);
    const named = (name: string) => all.filter(({ path }) => basename(path) === name);
    expect(named('jpeg-420.jpg').map(({ file }) => basename(file))).toEqual([
      'jpeg-420.jpg',
      expect.stringMatching(/^jpeg-420-[0-9a-f]{8}\.jpg$/) as string,
    ]);
    expect(named('Ünï 照片 #1.JPEG')[0]).toMatchObject({ how: 'copied' });
    expect(basename(named('is-a-png.jpg')[0]!.file)).toBe('is-a-png.png');
    for (const name of ['jpeg-exif-6.jpg', 'webp-lossy.webp', 'png-alpha.png', 'no ending']) {
      expect(named(name)[0]).toMatchObject({ how: 'converted' });
    }
    for (const { file, path, how } of all.filter(({ how }) => how !== 'converted')) {
      expect(how).toBe('copied');
      expect(readFileSync(join(copies, file)).equals(readFileSync(path))).toBe(true);
    }
  });

  test('links take no space', async () => {
    const links = join(source, 'links');
    mkdirSync(links);
    const some = pictures.filter(({ path }) => path.startsWith(source) && path.endsWith('.JPEG'));
    const options = { folder: links, classes: CLASSES, recipe: DEFAULT_RECIPE, run: null, link: true };
    const { linked } = await exportFolders(some, options, { spawn: spawnNodeProcess });
    expect(linked).toBe(1);
    const file = join(links, rows(links)[0]!.file);
    expect(lstatSync(file).isSymbolicLink() || statSync(file).ino === statSync(some[0]!.path).ino).toBe(true);
  });
});
