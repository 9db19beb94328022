import { describe, expect, test } from 'vitest';
import { decodePicture, probePicture } from '../../main/pictures/decode.ts';
import { sniff } from '../../main/pictures/sniff.ts';
import { expectFailure } from '../kit/failure.ts';

const file = (header: string, ...pixels: number[]) =>
  Buffer.concat([Buffer.from(header), Buffer.from(pixels)]);
const rgb = async (bytes: Uint8Array) => [...(await decodePicture(bytes)).data];
/** Each grey value as red, green and blue. */
const grey = (...values: number[]) => values.flatMap((value) => [value, value, value]);

describe('portable maps', () => {
  test('bitmaps: 1 is black; rows begin at a byte', async () => {
    const shown = grey(0, 255, 255, 255, 255, 255, 255, 255, 0, 255, 0, 255, 255, 255, 255, 255, 255, 0);
    expect(await rgb(file('P4\n9 2\n', 0b1000_0000, 0b1000_0000, 0b0100_0000, 0b1000_0000))).toEqual(shown);
    expect(await rgb(file('P1\n9 2\n1 0 0 0 0 0 0 0 1\n010000001'))).toEqual(shown);
    expect(await rgb(file('P1 # a bitmap\n9 2\n100000001 # next row\n010000001'))).toEqual(shown);
  });
  test('grey and colour, as text and as bytes, with comments anywhere', async () => {
    expect(await rgb(file('P2\n3 1\n255\n0 128 255'))).toEqual(grey(0, 128, 255));
    expect(await rgb(file('P5\n3 1\n255\n', 0, 128, 255))).toEqual(grey(0, 128, 255));
    expect(await rgb(file('P3\n# by hand\n2 # wide\n1\n255\n1 2 3\n4 5 6\n'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await rgb(file('P6 2 1 255\n', 1, 2, 3, 4, 5, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    // A pixel that is white space, and one that begins a comment.
    expect(await rgb(file('P5\n2 1\n255\n', 10, 35))).toEqual(grey(10, 35));
    expect(await probePicture(file('P6 2 1 255\n', 1, 2, 3, 4, 5, 6))).toEqual({ format: 'pnm', width: 2, height: 1 }); // prettier-ignore
  });
  test('any largest value is white; what is above it counts as white', async () => {
    expect(await rgb(file('P5\n4 1\n10\n', 0, 1, 3, 10))).toEqual(grey(0, 26, 76, 255));
    expect(await rgb(file('P5\n2 1\n100\n', 100, 200))).toEqual(grey(255, 255));
    expect(await rgb(file('P2\n3 1\n15\n0 7 15'))).toEqual(grey(0, 119, 255));
    expect(await rgb(file('P5\n3 1\n65535\n', 0x80, 0xff, 0xff, 0xff, 0, 0xff))).toEqual(grey(128, 255, 0));
    expect(await rgb(file('P5\n2 1\n4095\n', 0x0f, 0xff, 0x08, 0x00))).toEqual(grey(255, 128));
    expect(await rgb(file('P6\n1 1\n4095\n', 0x0f, 0xff, 0x08, 0x00, 0, 0))).toEqual([255, 128, 0]);
    expect(await rgb(file('P2\n2 1\n4095\n4095 2048'))).toEqual(grey(255, 128));
  });
  test('PAM, with transparency on white', async () => {
    const pam = (depth: number, tuple: string, ...pixels: number[]) =>
      file(`P7\n# made by hand\nWIDTH 1\nHEIGHT 1\nDEPTH ${depth}\nMAXVAL 255\nTUPLTYPE ${tuple}\nENDHDR\n`, ...pixels); // prettier-ignore
    expect(await rgb(pam(1, 'GRAYSCALE', 90))).toEqual(grey(90));
    expect(await rgb(pam(3, 'RGB', 90, 10, 35))).toEqual([90, 10, 35]);
    expect(await rgb(pam(4, 'RGB_ALPHA', 200, 30, 30, 51))).toEqual([244, 210, 210]);
    expect(await rgb(pam(2, 'GRAYSCALE_ALPHA', 90, 0))).toEqual(grey(255));
    const bits = 'P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n';
    expect(await rgb(file(bits, 0, 1))).toEqual(grey(0, 255));
    await expectFailure(decodePicture(pam(4, 'CMYK', 1, 2, 3, 4)), 'unsupported', /4 samples per pixel \(TUPLTYPE CMYK\)/); // prettier-ignore
    await expectFailure(decodePicture(pam(4, 'RGB', 1, 2, 3, 4)), 'unsupported', /TUPLTYPE RGB/);
  });
  test('truncated, damaged and without a size', async () => {
    for (const bytes of [
      file('P6 2 1 255\n', 1, 2, 3, 4, 5),
      file('P5\n2 1\n65535\n', 1, 2, 3),
      file('P4\n9 2\n', 1, 2, 3),
      file('P2\n3 1\n255\n0 128    '),
      file('P1\n3 1\n10    '),
      file('P5\n60000 60000\n255\n', 1),
      file('P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\n'),
    ]) {
      await expectFailure(decodePicture(bytes), 'bad-picture', /\(PNM\) ends too early/);
    }
    await expectFailure(decodePicture(file('P2\n2 1\n255\n0 256')), 'bad-picture', /value 256/);
    await expectFailure(decodePicture(file('P2\n2 1\n255\n0 x12')), 'bad-picture', /number belongs/);
    await expectFailure(decodePicture(file('P1\n2 1\n0 2  ')), 'bad-picture', /number belongs/);
    await expectFailure(decodePicture(file('P5\n0 1\n255\n', 1)), 'bad-picture', /size is 0 × 1/);
    await expectFailure(decodePicture(file('P5\n1 1\n0\n', 1)), 'bad-picture', /largest value is 0/);
    await expectFailure(
      decodePicture(file('P5\n1 1\n70000\n', 1, 1)),
      'bad-picture',
      /largest value is 70000/,
    );
  });
  test('a text that begins like one is a text', () => {
    for (const text of [
      'P1 is the first class\n',
      'P3',
      'P6 12 apples and 3 pears\n',
      'P7\nWIDE 3',
      'Picture 1 2 ',
    ]) {
      expect(sniff(Buffer.from(text)).kind).toBe('text');
    }
    expect(sniff(file('P7 332\n#XVVERSION\n80 60 255\n', 1, 2))).toEqual({ kind: 'unsupported', name: 'a thumbnail of XV' }); // prettier-ignore
    expect(sniff(file('Pf\n2 2\n-1.0\n', 0, 0, 1)).kind).toBe('unsupported');
  });
});
