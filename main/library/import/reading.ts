import type { Split } from '../../../shared/split.ts';
import { clip } from '../../../shared/format.ts';
import { classNameProblem } from '../labels/classes.ts';
import type { Roles } from './folders/folder-roles.ts';
import type { Names } from './folders/folder-tree.ts';
import { quoted } from './match-classes.ts';

/** How folders were read, as sentences. */

const SET_WORDS: [Split, string][] = [
  ['train', 'Training'],
  ['validation', 'Validation'],
  ['test', 'Test'],
];

/** `Classes by folder: "cat" and "dog". Training set: "train".` Empty where folders set nothing. */
export function readingOf(classes: Names, { splitNames }: Roles): string {
  const names = [...classes.values()];
  const sets = SET_WORDS.flatMap(([split, word]) => {
    const folders = splitNames.get(split);
    return folders ? [`${word} set: ${quoted([...folders])}.`] : [];
  });
  const what = names.length === 2 ? 'Classes' : 'Class';
  if (names.length > 0) return [`${what} by folder: ${quoted(names)}.`, ...sets].join(' ');
  return sets.length > 0 ? ['No class folders found.', ...sets].join(' ') : '';
}

/** Notes about split words inside class folders that were ignored. */
export function ignoredSplits({ ignored }: Roles): string[] {
  return ignored.map(
    ({ name, inside }) =>
      `"${name}" in "${inside}" was not read as a split: the other class folder has none.`,
  );
}

/** Why a folder's name can't be a class name. */
export function explainName(name: string): string {
  return `The folder "${clip(name)}" can't be a class: ${classNameProblem(name)!}`;
}
