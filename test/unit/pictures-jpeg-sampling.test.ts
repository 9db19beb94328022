import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { segments } from '../../main/pictures/formats/jpeg-orientation.ts';
import { decodeRgb, hasCodec } from '../../main/pictures/jpeg-codec.ts';
import { byVips, encoded } from '../kit/jpeg.ts';

/**
 * sharp writes 4:2:0 and 4:4:4 only. The codes of a JPEG do not depend on where its blocks are shown, so a header with
 * another size and other sampling factors turns a file into a valid one of another picture.
 */
const SOF = 0xc0;
const APP0 = 0xe0;

/** Sampling factors of luma, and the columns and rows of a unit (MCU), where chroma has one block in each. */
const SAMPLINGS = {
  '4:1:1': { factors: 0x41, across: 32, down: 8 },
  'chroma with a quarter of the rows': { factors: 0x14, across: 8, down: 32 },
  '4:2:2': { factors: 0x21, across: 16, down: 8 },
  '4:4:0': { factors: 0x12, across: 8, down: 16 },
} as const;

/** The same codes with another frame. @param sampling factors of the first component */
function reframed(bytes: Uint8Array, width: number, height: number, sampling: number): Buffer {
  const copy = Buffer.from(bytes);
  const { start } = [...segments(copy)].find(({ marker }) => marker === SOF)!;
  copy.writeUInt16BE(height, start + 1);
  copy.writeUInt16BE(width, start + 3);
  copy[start + 7] = sampling;
  return copy;
}

async function expectSame(bytes: Uint8Array, width: number, height: number): Promise<void> {
  const picture = decodeRgb(bytes);
  const what = `${width} × ${height}`;
  expect([picture?.width, picture?.height], what).toEqual([width, height]);
  expect(Buffer.compare(picture!.data, await byVips(bytes)), what).toBe(0);
  picture!.release();
}

describe.runIf(hasCodec())('decodeRgb gives the bytes of libvips', () => {
  // Four blocks of luma in a unit, as 4:2:0.
  test.each(['4:1:1', 'chroma with a quarter of the rows'] as const)('for %s', async (name) => {
    const { factors, across, down } = SAMPLINGS[name];
    for (let side = 1; side <= 70; side += 5) {
      const [width, height] = [side, 71 - side];
      const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)];
      const codes = await encoded(16 * columns, 16 * rows, side, { chromaSubsampling: '4:2:0' });
      await expectSame(reframed(codes, width, height, factors), width, height);
    }
  });

  // Two blocks of luma in a unit: the fixture has 30 units.
  test.each(['4:2:2', '4:4:0'] as const)('for %s', async (name) => {
    const { factors, across, down } = SAMPLINGS[name];
    const codes = readFileSync(new URL('../reference/pictures/jpeg-422.jpg', import.meta.url));
    for (const columns of [1, 2, 3, 5, 6, 10, 15, 30]) {
      for (const cut of [0, 1, 2, 5, 7]) {
        const [width, height] = [across * columns - cut, (down * 30) / columns - cut];
        await expectSame(reframed(codes, width, height, factors), width, height);
      }
    }
    for (let width = 1; width <= across; width++) {
      await expectSame(reframed(codes, width, 30 * down, factors), width, 30 * down);
    }
  });

  /** Without JFIF, which stands for YCbCr. @param mark Adobe's transform, or ids of the components */
  function coloured(bytes: Uint8Array, mark: { transform: number } | { ids: string }): Buffer {
    const copy = Buffer.from(bytes);
    const found = [...segments(copy)];
    const jfif = found.find(({ marker }) => marker === APP0);
    const rest = jfif ? copy.subarray(jfif.end) : copy.subarray(2);
    const soi = copy.subarray(0, 2);
    if ('transform' in mark) {
      const adobe = Buffer.from([
        0xff,
        0xee,
        0,
        14,
        ...Buffer.from('Adobe'),
        0,
        100,
        0,
        0,
        0,
        0,
        mark.transform,
      ]);
      return Buffer.concat([soi, adobe, rest]);
    }
    const frame = found.find(({ marker }) => marker === SOF)!.start;
    // `segments` ends before the scan's header, of which marker and length come first.
    const scan = found.at(-1)!.end + 4;
    for (const [index, id] of [...Buffer.from(mark.ids)].entries()) {
      copy[frame + 6 + 3 * index] = id;
      copy[scan + 1 + 2 * index] = id;
    }
    return Buffer.concat([soi, rest]);
  }

  test.each(['4:4:4', '4:2:0'])(
    'for RGB with the sampling %s, by Adobe’s mark or by name',
    async (sampling) => {
      for (let side = 1; side <= 70; side += 6) {
        const [width, height] = [side, 71 - side];
        const bytes = await encoded(width, height, side, { chromaSubsampling: sampling });
        const [rgb, named, ycc] = [{ transform: 0 }, { ids: 'RGB' }, { transform: 1 }].map((mark) =>
          coloured(bytes, mark),
        );
        for (const each of [rgb!, named!, ycc!]) await expectSame(each, width, height);
        expect(await byVips(named!)).toEqual(await byVips(rgb!));
        expect(await byVips(ycc!)).toEqual(await byVips(bytes));
        expect(await byVips(rgb!)).not.toEqual(await byVips(bytes));
      }
    },
  );
});
