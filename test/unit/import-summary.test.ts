import { expect, test } from 'vitest';
import { importSentences, importSummary } from '../../shared/import-summary.ts';
import type { ImportReport, PlacedCounts } from '../../shared/library/import.ts';

const none: PlacedCounts = { classes: [0, 0], skipped: 0, unlabelled: 0 };
const report = (change: Partial<ImportReport>): ImportReport => ({
  importId: 1,
  source: 'folder',
  path: '/pictures',
  layout: 'plain',
  status: 'done',
  startedAtMs: 0,
  finishedAtMs: 1,
  found: 0,
  added: 0,
  alreadyThere: 0,
  duplicates: 0,
  moved: 0,
  changed: 0,
  leftOut: 0,
  labelled: 0,
  notPictures: 0,
  notPictureKinds: {},
  leftOutKinds: {},
  hidden: 0,
  exports: [],
  placed: { train: none, validation: none, test: none, undecided: none },
  classes: ['cat', 'dog'],
  reading: '',
  splitFolders: null,
  notes: [],
  ...change,
});

const outcome = (change: Partial<ImportReport>): string => importSummary(report(change)).outcome;
const skipped = (change: Partial<ImportReport>): string => importSummary(report(change)).skipped;
const placed = (change: Partial<ImportReport['placed']>): string =>
  importSummary(report({ placed: { ...report({}).placed, ...change } })).placed;

test('imported pictures, singular and plural', () => {
  const all = (count: number) => ({
    added: count,
    labelled: count,
    alreadyThere: count,
    moved: count,
    changed: count,
  });
  expect(outcome(all(1))).toBe('1 picture added, 1 labelled, 1 already in the project, 1 moved, 1 changed.');
  expect(outcome({ ...all(2000), status: 'cancelled' })).toBe(
    'Cancelled: 2,000 pictures added, 2,000 labelled, 2,000 already in the project, 2,000 moved, 2,000 changed. Pictures imported so far were kept.',
  );
  expect(outcome({})).toBe('0 pictures added.');
  expect(outcome({ status: 'crashed', added: 1 })).toBe('Import incomplete: 1 picture added.');
});

test('pictures by split and class', () => {
  expect(placed({})).toBe('');
  expect(placed({ undecided: { ...none, unlabelled: 2 } })).toBe('');
  expect(placed({ undecided: { ...none, classes: [3, 1], unlabelled: 2 } })).toBe(
    '3 "cat", 1 "dog", 2 unlabelled.',
  );
  expect(
    placed({
      train: { ...none, classes: [1000, 0] },
      test: { ...none, unlabelled: 2 },
      undecided: { ...none, skipped: 1 },
    }),
  ).toBe('Training set: 1,000 "cat", 0 "dog". Test set: 2 unlabelled. Without a split: 1 skipped.');
});

test('skipped files by kind', () => {
  expect(skipped({})).toBe('');
  expect(skipped({ leftOut: 3, duplicates: 1, notPictures: 1, notPictureKinds: { '.svg': 1 } })).toBe(
    'Skipped: 3 unreadable, 1 duplicate, 1 not a picture (1 .svg).',
  );
  expect(
    skipped({
      leftOut: 6,
      leftOutKinds: { unsupported: 2, 'bad-picture': 2, unreadable: 1, 'not-found': 1 },
      duplicates: 2,
      notPictures: 15,
      notPictureKinds: { '.mp4': 3, '.svg': 3, '': 4, '.a': 1, '.b': 1, '.c': 1, '.d': 2 },
    }),
  ).toBe(
    'Skipped: 3 unreadable, 2 unsupported, 1 missing, 2 duplicates, 15 not pictures (4 without extension, 3 .mp4, 3 .svg, 2 .d, 1 .a, 2 others).',
  );
  expect(skipped({ leftOut: 3, leftOutKinds: { 'bad-input': 2, 'not-found': 1 } })).toBe(
    'Skipped: 1 missing, 2 ambiguous rows.',
  );
  expect(skipped({ exports: ['/a', '/b', '/c', '/d'] })).toBe(
    'Skipped folders exported by Twofold: /a, /b, /c and 1 more.',
  );
});

test('hidden files have a line of their own', () => {
  expect(importSentences(report({ hidden: 12 }))).toEqual(['0 pictures added.', '12 hidden files ignored.']);
});

test('an import of an older version, which counted less, is summarised without an error', () => {
  expect(importSentences(report({ added: 1, leftOut: 1, classes: null, notes: ['A note.'] }))).toEqual([
    '1 picture added.',
    'Skipped: 1 unreadable.',
    'A note.',
  ]);
});
