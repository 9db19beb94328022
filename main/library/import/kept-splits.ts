import type { Split } from '../../../shared/split.ts';
import type { LabelSource } from '../../../shared/library/labels.ts';
import { plural } from '../../../shared/format.ts';

/** Names of the splits in messages. */
export const SETS: Record<Split, string> = { train: 'training', validation: 'validation', test: 'test' };

/** Pictures that stay in a different set from the one in the import. */
export interface KeptSplits {
  count: number;
  first: { path: string; kept: Split; given: Split } | null;
}

/** A note about them and how to move them; null if there are none. */
export function keptSplitsNote({ count, first }: KeptSplits, source: LabelSource): string | null {
  if (!first) return null;
  const { path, kept, given } = first;
  const [their, its] = source === 'csv' ? ['the table', 'the table'] : ['their folders', 'its folder'];
  const byTable =
    source === 'csv' && given === 'test'
      ? ' or, where the table has a split column, twofold labels PROJECT --import TABLE'
      : '';
  return (
    `${plural(count, 'picture')} stayed in a different set from ${their}, such as ${path} ` +
    `(${SETS[kept]} set; ${SETS[given]} set in ${its}). ` +
    `To move pictures, use twofold split PROJECT ${given} FILES${byTable}.`
  );
}
