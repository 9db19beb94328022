import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { tiff, type TagValue } from '../kit/tiff.ts';
import { run, temporaryFolder } from '../kit/cli.ts';

const size = { 256: 8, 257: 8, 258: 8, 262: 1, 277: 1, 278: 8 };
const filled = (tags: Record<number, TagValue>, bytesEach: number) =>
  tiff([{ tags: { ...size, ...tags }, strips: [new Uint8Array(64 * bytesEach).fill(60)] }]);

test('import reads portable maps and TIFFs with spare bands, and says why it skips others', async () => {
  const folder = path.join(temporaryFolder(), 'pictures');
  mkdirSync(folder);
  const files: Record<string, Uint8Array> = {
    'infrared.tif': filled({ 258: [8, 8, 8, 8], 262: 2, 277: 4, 338: 0 }, 4),
    'map.ppm': Buffer.concat([Buffer.from('P6\n8 8\n255\n'), new Uint8Array(192)]),
    'map.pgm': Buffer.concat([Buffer.from('P5\n8 8\n4095\n'), new Uint8Array(128)]),
    'by-hand': Buffer.from('P1\n2 2\n1 0\n0 1\n'),
    'float.tif': filled({ 258: 32, 339: 3 }, 4),
    'zstd.tif': filled({ 259: 50_000 }, 1),
    'lossless.jp2': Buffer.from('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ', 'latin1'),
    'cut.ppm': Buffer.from('P6\n8 8\n255\n123'),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const project = path.join(path.dirname(folder), 'p.twofold');
  const { events, code } = await run('import', folder, '--project', project, '--json');
  expect(code).toBe(0);
  expect(events.find(({ event }) => event === 'done')).toMatchObject({ added: 4, leftOut: 4 });
  const skipped = events
    .filter(({ event }) => event === 'left-out')
    .map((each) => [path.basename(each.path as string), each.code, each.message] as const);
  expect(new Map(skipped.map(([name, reason]) => [name, reason]))).toEqual(
    new Map([
      ['cut.ppm', 'bad-picture'],
      ['float.tif', 'unsupported'],
      ['lossless.jp2', 'unsupported'],
      ['zstd.tif', 'unsupported'],
    ]),
  );
  const messages = skipped.map(([, , message]) => message).join('\n');
  for (const words of [
    'floating-point values of 32 bits',
    'compressed with ZSTD',
    'JPEG 2000',
    '(PNM) ends too early',
  ]) {
    // prettier-ignore
    expect(messages).toContain(words);
  }
});
