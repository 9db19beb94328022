import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromCell, toCsv } from '../../main/files/csv.ts';

const read = (text: string): string[][] => parse(text, { trim: true, comment: '#', comment_no_infix: true });
/** Names and labels with whatever upsets a reader or a spreadsheet, far more often than chance would have it. */
const cell = fc
  .array(
    fc.oneof(fc.constantFrom(...Array.from('=+-@\t\r\n\'"#,;| ax.jpgé＝')), fc.string({ unit: 'grapheme' })),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

test('cells are read back unchanged, and none begins a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ a: cell, b: cell }), { minLength: 1, maxLength: 5 }), (rows) => {
      const cells = read(toCsv(rows, ['a', 'b']));
      expect(cells.slice(1).map((row) => row.map(fromCell))).toEqual(rows.map(({ a, b }) => [a, b]));
      for (const written of cells.flat()) expect(written).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
    { numRuns: 500 },
  );
});

test('cells that need no quoting are unchanged, numbers too', () => {
  const rows = [{ path: '/x/a b.jpg', n: -0.5, none: null }];
  expect(toCsv(rows, ['path', 'n', 'none'])).toBe('path,n,none\n/x/a b.jpg,-0.5,\n');
  expect(toCsv([], ['path', 'n'])).toBe('path,n\n');
  expect(fromCell("'x.jpg")).toBe("'x.jpg");
});

test('separators of other spreadsheets are quoted, so that no formula follows them', () => {
  expect(toCsv([{ a: 'a;=1+1.jpg' }], ['a'], { header: false })).toBe('"a;=1+1.jpg"\n');
});
