import { expect, test } from 'vitest';
import { splitOf } from '../../main/library/import/split-words.ts';

test.each([
  ['train', 'train', 'training', 'training_set', 'train_set', 'TRAIN', ' Training-Set ', 'Train set'],
  ['validation', 'val', 'valid', 'validation', 'dev', 'Val', 'validation_set', 'dev_set'],
  ['test', 'test', 'testing', 'test_set', 'test1', 'TEST', '\tTest Set'],
])('%s has all its names', (split, ...words) => {
  expect(words.map(splitOf)).toEqual(words.map(() => split));
});

test('a class is not taken for a split', () => {
  const classes = ['', 'set', '_set', 'trains', 'trained', 'tests', 'test2', 'testament', 'attest', 'valley'];
  expect(classes.map(splitOf)).toEqual(classes.map(() => null));
  expect(['constructor', '__proto__', 'toString'].map(splitOf)).toEqual([null, null, null]);
});
