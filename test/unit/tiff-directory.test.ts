import { describe, expect, test } from 'vitest';
import { TiffFile } from '../../main/pictures/formats/tiff-directory.ts';
import { tiff, type TiffPage } from '../kit/tiff.ts';

const page = (side: number, extra: TiffPage['tags'] = {}): TiffPage => ({
  tags: { 256: side, 257: side, 258: 8, 262: 1, 277: 1, ...extra },
  strips: [new Uint8Array(side * side)],
});

describe('the tags of a TIFF', () => {
  for (const [name, options] of [
    ['Intel byte order', {}],
    ['Motorola byte order', { bigEndian: true }],
    ['BigTIFF', { big: true }],
  ] as const) {
    test(`${name}: pages in order, values inline and apart, directories within`, () => {
      const first = page(4, { 258: [8, 8, 8], 305: 'Made by a test', 330: [page(2), page(1)] });
      const file = new TiffFile(tiff([first, page(3)], options));
      const pages = file.pages();
      expect(pages.map((each) => each.number(256, 0))).toEqual([4, 3]);
      expect(pages[0]!.numbers(258)).toEqual([8, 8, 8]);
      expect(pages[0]!.text(305)).toBe('Made by a test');
      expect(pages[0]!.children(330).map((each) => each.number(256, 0))).toEqual([2, 1]);
      expect(pages[1]!.has(305)).toBe(false);
      expect(pages[1]!.number(305, 7)).toBe(7);
    });
  }

  test('truncated or damaged anywhere: reads what it can, never crashes or loops', () => {
    const whole = tiff([page(4, { 330: [page(2)] }), page(3)]);
    for (let length = 0; length <= whole.length; length++) {
      const pages = new TiffFile(whole.subarray(0, length)).pages();
      for (const each of pages)
        [...each.entries.keys()].map((tag) => [each.numbers(tag), each.children(tag)]);
    }
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 1, 8, 255]) {
        const bytes = Uint8Array.from(whole);
        bytes[at] = value;
        for (const each of new TiffFile(bytes).pages())
          [...each.entries.keys()].map((tag) => each.numbers(tag));
      }
    }
  });

  test('a circular chain of directories ends', () => {
    const bytes = tiff([page(4), page(3)]);
    const file = new TiffFile(bytes);
    const [first, second] = file.pages().map((each) => each.offset);
    const count = file.view.getUint16(second!, true);
    new DataView(bytes.buffer).setUint32(second! + 2 + 12 * count, first!, true);
    expect(new TiffFile(bytes).pages().length).toBe(2);
  });
});
