import { expect, test } from 'vitest';
import type { PictureFilter } from '../../../shared/library/query.ts';
import { ListChanges, outdatedWords, UP_TO_DATE } from '../../../renderer/lib/outdated.ts';

const UNLABELLED: PictureFilter = { kind: 'unlabelled' };

test('counts the listed pictures that no longer fit, until they fit again or the list is read', () => {
  const changes = new ListChanges();
  expect(outdatedWords(UP_TO_DATE, UNLABELLED)).toBeNull();
  changes.note(UNLABELLED, [1, 2, 3], 0);
  const four = changes.note(UNLABELLED, [2, 4], 'skipped');
  expect(outdatedWords(four, UNLABELLED)).toBe('4 labelled, hidden on refresh');
  expect(changes.note(UNLABELLED, [2, 3], null).hidden).toBe(2);
  expect(outdatedWords(changes.reset(), UNLABELLED)).toBeNull();
  expect(changes.note(UNLABELLED, [1], 1).hidden).toBe(1);
});

test('pictures of a class that get the other are hidden, those that keep it are not', () => {
  const changes = new ListChanges();
  const first: PictureFilter = { kind: 'class', class: 0 };
  changes.note(first, [1, 2], 1);
  expect(outdatedWords(changes.note(first, [2, 3], 0), first)).toBe('1 changed, hidden on refresh');
});

test('filters that do not depend on labels never go out of date', () => {
  for (const filter of [
    { kind: 'all' },
    { kind: 'problems' },
    { kind: 'selected', ids: Uint32Array.of(1) },
    { kind: 'split', split: 'test' },
  ] as PictureFilter[]) {
    expect(outdatedWords(new ListChanges().note(filter, [1, 2], 1), filter)).toBeNull();
  }
});

test('an undo that brings back what is not listed says so', () => {
  const outdated = new ListChanges().note(UNLABELLED, [7], null, new Set([1, 2]));
  expect(outdated.hidden).toBe(0);
  expect(outdatedWords(outdated, UNLABELLED)).toBe('More pictures on refresh');
});
