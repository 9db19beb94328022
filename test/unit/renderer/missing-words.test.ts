import { expect, test } from 'vitest';
import type { LibraryCounts } from '../../../shared/library/pictures.ts';
import { missingWords } from '../../../renderer/lib/missing-words.ts';

const counts = (change: Partial<LibraryCounts>): LibraryCounts => ({
  total: 100,
  unlabelled: 10,
  classes: [50, 40],
  skipped: 0,
  train: 0,
  validation: 0,
  test: 0,
  testClasses: [0, 0],
  missing: 0,
  changed: 0,
  trainableMissing: 0,
  ...change,
});

test.each<[Partial<LibraryCounts>, string | null]>([
  [{}, null],
  [{ changed: 3 }, null],
  [{ missing: 1, trainableMissing: 1 }, '1 file is missing. It may have been moved or renamed.'],
  [{ missing: 12, trainableMissing: 12 }, '12 files are missing. They may have been moved or renamed.'],
  [
    { missing: 95, trainableMissing: 90 },
    'All 90 labelled files are missing. Their folder may have been moved or renamed.',
  ],
  [
    { missing: 90, test: 10, testClasses: [10, 0], trainableMissing: 80 },
    'All 80 labelled files are missing. Their folder may have been moved or renamed.',
  ],
  [
    { missing: 100, unlabelled: 100, classes: [0, 0] },
    'All 100 files are missing. Their folder may have been moved or renamed.',
  ],
])('%o: %s', (change, words) => {
  expect(missingWords(counts(change))).toBe(words);
});
