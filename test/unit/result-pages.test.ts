import { describe, expect, it } from 'vitest';
import { pageResult, PAGE_ROWS, ResultPages } from '../../main/training/result-pages.ts';
import type { OutOfFoldResult } from '../../shared/jobs/out-of-fold.ts';

const result = (rows: number): OutOfFoldResult => ({
  kind: 'out-of-fold',
  logits: Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? null : row / 3)),
  leftOut: [{ path: 'a.png', code: 'not-found', message: 'It is missing.' }],
});

describe('the result of a job', () => {
  it.each([PAGE_ROWS + 1, 100_000])(
    'with a list of %i rows is the same after it was sent in pages',
    (rows) => {
      const whole = result(rows);
      const { pages, rest } = pageResult(whole);
      expect(pages).toHaveLength(Math.ceil(rows / PAGE_ROWS));
      expect(Math.max(...pages.map((page) => page.rows.length))).toBe(PAGE_ROWS);
      expect(rest).toEqual({ ...whole, logits: [] });
      const collected = new ResultPages();
      for (const page of pages) collected.add(page);
      expect(collected.complete(rest)).toEqual(whole);
    },
  );

  it('is sent in one message if its lists fit in a page', () => {
    const whole = result(PAGE_ROWS);
    expect(pageResult(whole)).toEqual({ pages: [], rest: whole });
  });

  it('is refused with a page of a list that it does not have', () => {
    const pages = new ResultPages();
    pages.add({ field: 'scores', rows: [1] });
    expect(() => pages.complete(result(1))).toThrow(/no list "scores"/);
  });
});
