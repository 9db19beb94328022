import type { Split } from '../../../shared/jobs.ts';

/** Without `_set`, which may follow each of them. */
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
 * The split that a folder's name or a cell of a table stands for: `train`, `training`, `val`, `valid`, `validation`,
 * `dev`, `test`, `testing` and `test1`, each also with `set` after it (`training_set`, `test-set`, `Training Set`), in
 * any case.
 *
 * @returns null where the word is none of these
 */
export function splitOf(word: string): Split | null {
  const bare = word
    .trim()
    .toLowerCase()
    .replace(/[ _-]set$/, '');
  return WORDS.get(bare) ?? null;
}
