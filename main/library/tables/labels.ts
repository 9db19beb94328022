import { SKIPPED, type LabelValue } from '../../../shared/library.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { classByName } from '../classes.ts';
import { explainMismatch, matchClasses } from '../match-classes.ts';
import type { Db } from '../sql.ts';
import type { CsvRow } from './rows.ts';

/**
 * What the labels in a table mean: the names of the project's classes, or 0 and 1; exactly two other labels become the
 * names of the classes, in alphabetical order, where these have none yet and nothing is labelled. `skipped` means what it
 * says, an empty label nothing.
 *
 * @returns `labelOf`: from label, as written, to class; `naming`: what the first of these labels names the classes
 * @throws TwofoldError `bad-input` when they do not fit
 */
export function readLabels(
  db: Db,
  found: readonly CsvRow[],
  file: string,
): { labelOf: (label: string) => LabelValue; naming: [string, string] | null } {
  let naming: [string, string] | null = null;
  const labels = [...new Set(found.map(({ label }) => label))].filter(
    (label) => label !== '' && label.toLowerCase() !== SKIPPED,
  );
  const meaning = new Map<string, LabelValue>();
  const unknown = labels.filter((label) => {
    const known = classByName(db, label);
    if (known !== null) meaning.set(label, known);
    return known === null;
  });
  if (unknown.every((label) => label === '0' || label === '1')) {
    for (const label of unknown) meaning.set(label, label === '1' ? 1 : 0);
  } else {
    const match = labels.length === 2 ? matchClasses(db, labels) : null;
    if (!match) {
      const what =
        labels.length > 2
          ? `${file} has ${labels.length} different labels (${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ', …' : ''}), but there are two classes.`
          : explainMismatch(db, labels);
      throw new TwofoldError(
        'bad-input',
        `${what} Nothing was imported. Name the classes as in the file, or change it.`,
      );
    }
    labels.forEach((label, index) => meaning.set(label, match.classes[index]!));
    naming = match.naming;
  }
  return {
    labelOf: (label) => (label.toLowerCase() === SKIPPED ? 'skipped' : (meaning.get(label) ?? null)),
    naming,
  };
}
