import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { decodePicture, decodeWithInfo } from '../../main/pictures/decode.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import { done, run, temporaryFolder } from '../kit/cli.ts';

const SIDE = 64;

/** A ramp from 0 to `most`, of 1 (grey), 2 (grey, alpha), 3 or 4 channels. */
function ramp(most: number, channels: 1 | 2 | 3 | 4, seed = 0): Uint16Array {
  return Uint16Array.from({ length: SIDE * SIDE * channels }, (_, i) => {
    const isAlpha = channels % 2 === 0 && i % channels === channels - 1;
    if (isAlpha) return 65_535;
    return Math.round(((Math.floor(i / channels) + seed) % (SIDE * SIDE)) * (most / (SIDE * SIDE - 1)));
  });
}

async function file(
  samples: Uint16Array,
  channels: 1 | 2 | 3 | 4,
  format: 'png' | 'tiff' = 'png',
): Promise<Buffer> {
  const space = channels < 3 ? 'grey16' : 'rgb16';
  const image = sharp(samples, { raw: { width: SIDE, height: SIDE, channels } }).toColourspace(space);
  return (format === 'png' ? image.png() : image.tiff({ compression: 'lzw' })).toBuffer();
}

test.each([1, 2, 3, 4] as const)(
  '%i channels: samples are scaled by a fixed factor and clipped',
  async (channels) => {
    for (const format of ['png', 'tiff'] as const) {
      for (const most of [4095, 65_535]) {
        const samples = ramp(most, channels);
        const bytes = await file(samples, channels, format);
        for (const bits16 of [9, 12, 15, 16]) {
          const { data } = await decodePicture(bytes, { bits16 });
          const expected = Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
            const sample = samples[Math.floor(i / 3) * channels + (channels < 3 ? 0 : i % 3)]!;
            return Math.min(255, sample >> (bits16 - 8));
          });
          expect(Buffer.from(data).equals(Buffer.from(expected)), `${format} ${most} ${bits16}`).toBe(true);
        }
        const { info } = await decodeWithInfo(bytes, { measure: true });
        expect(info.bitsUsed).toBe(most === 4095 ? 12 : 16);
      }
    }
  },
);

test('8-bit pictures are never touched or measured', async () => {
  const bytes = await sharp(Buffer.alloc(300, 5), { raw: { width: 10, height: 10, channels: 3 } })
    .png()
    .toBuffer();
  const { picture, info } = await decodeWithInfo(bytes, { measure: true, bits16: 9 });
  expect([...new Set(picture.data)]).toEqual([5]);
  expect(info.bitsUsed).toBeUndefined();
});

async function pictures(mosts: Record<string, number>): Promise<string> {
  const folder = path.join(temporaryFolder(), 'pictures');
  for (const [index, [name, most]] of Object.entries(mosts).entries()) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), await file(ramp(most, 1, index), 1));
  }
  return folder;
}

test('import says how many pictures are dark and what would help; one setting holds for the project', async () => {
  const folder = await pictures({ 'a/1.png': 4095, 'a/2.png': 1000, 'b/3.png': 700, 'b/4.png': 4095 });
  const project = path.join(temporaryFolder(), 'dark');
  const first = await run('import', folder, '--project', project);
  expect(first.stdout).toMatch(
    /4 pictures use less than 1\/16 of the 16-bit range\. Treat .* as 12-bit .*--bits16 12/,
  );

  const more = await pictures({ '5.png': 65_535, '6.png': 900, '7.png': 4095 });
  expect((await run('import', more, '--project', project)).stdout).toMatch(/2 pictures use less .*; 1 other uses more, up to 16 bits, so no single setting fits all/); // prettier-ignore
  const clipped = await run(
    'import',
    await pictures({ '8.png': 60_000 }),
    '--project',
    project,
    '--bits16',
    '12',
  );
  expect(clipped.stdout).toMatch(/1 16-bit picture has values above 12 bits, which are clipped/);

  const bad = await run('import', more, '--project', project, '--bits16', '17');
  expect(bad.code).toBe(2);
  expect(bad.stderr).toMatch(/--bits16/);

  // The few pictures here are ramps, near-duplicates of each other.
  const small = ['--cut', 'mixed0', '--size', '75', '--units', '4', '--no-group-duplicates'];
  const quick = [...small, '--epochs', '1', '--no-augment'];
  await done('train', project, ...quick);
  const { recipe } = (await done('runs', project, '--run', 'r1')) as unknown as {
    recipe: { bits16: number };
  };
  expect(recipe.bits16).toBe(12);
  // A run keeps its own, whatever the project's becomes.
  await done('train', project, ...quick, '--bits16', '16');
  const probability = async (id: string) => {
    const { events } = await run('predict', project, path.join(folder, 'a', '2.png'), '--run', id, '--json');
    return events.find(({ event }) => event === 'prediction')!.probability as number;
  };
  const before = await probability('r1');
  expect(await probability('r2')).not.toBe(before);
  await done('import', folder, '--project', project, '--bits16', '14');
  expect(await probability('r1')).toBe(before);
}, 240_000);
