import { expect, test } from 'vitest';
import { importSentence, leftOutSentence } from '../../../renderer/views/library/import-words.ts';
import type { ImportReport } from '../../../shared/library.ts';

const report = (count: number, status: ImportReport['status'] = 'done'): ImportReport => ({
  importId: 1,
  source: 'folder',
  path: '/pictures',
  layout: 'plain',
  status,
  startedAtMs: 0,
  finishedAtMs: 1,
  found: count,
  added: count,
  alreadyThere: count,
  duplicates: count,
  moved: count,
  changed: count,
  leftOut: count,
  labelled: count,
  notPictures: count,
  notes: [],
});

test('what came of an import is right in the singular and in the plural', () => {
  expect(importSentence(report(1))).toBe(
    '1 picture added, 1 picture labelled, 1 picture already there, 1 picture moved, 1 picture changed.',
  );
  expect(importSentence(report(2000, 'cancelled'))).toBe(
    'Cancelled: 2,000 pictures added, 2,000 pictures labelled, 2,000 pictures already there, 2,000 pictures moved, 2,000 pictures changed. What was imported stays.',
  );
  expect(importSentence({ ...report(0), found: 1 })).toBe('0 pictures added.');
  expect(importSentence(report(0))).toBe('There are no pictures in it.');
});

test('what did not come in is right in the singular and in the plural', () => {
  expect(leftOutSentence(report(1))).toBe(
    '1 file left out, 1 copy of a picture that is there, 1 file that is no picture.',
  );
  expect(leftOutSentence(report(2))).toBe(
    '2 files left out, 2 copies of pictures that are there, 2 files that are no pictures.',
  );
  expect(leftOutSentence(report(0))).toBe('');
});
