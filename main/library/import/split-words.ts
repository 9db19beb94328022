import type { Split } from '../../../shared/split.ts';

/** Each may be followed by `_set`. */
const WORDS: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
  ['test1', 'test'],
]);

/**
 * The split that a folder's name or a table's cell stands for, in any case and also followed by `set` (`training_set`,
 * `test-set`, `Training Set`); null for any other word.
 */
export function splitOf(word: string): Split | null {
  const bare = word
    .trim()
    .toLowerCase()
    .replace(/[ _-]set$/, '');
  return WORDS.get(bare) ?? null;
}
