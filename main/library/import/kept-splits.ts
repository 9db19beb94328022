import type { Split } from '../../../shared/jobs.ts';
import type { LabelSource } from '../../../shared/library.ts';
import { plural } from '../../../shared/format.ts';

/** For sentences: what a split is called. */
export const SETS: Record<Split, string> = { train: 'training', validation: 'validation', test: 'test' };

/** Pictures of an import that are in another set than it says. */
export interface KeptSplits {
  count: number;
  /** The first of them, its set, and the one the import says. */
  first: { path: string; is: Split; said: Split } | null;
}

/** Says that they were left where they are, and what moves them; null where there are none. */
export function keptSplitsNote({ count, first }: KeptSplits, source: LabelSource): string | null {
  if (!first) return null;
  const { path, is, said } = first;
  const [says, example] =
    source === 'csv' ? ['the table says', 'there'] : ['their folders say', 'by its folder'];
  const byTable =
    source === 'csv' && said === 'test'
      ? ' or, where the table has a split column, twofold labels PROJECT --import TABLE'
      : '';
  return (
    `${plural(count, 'picture is', 'pictures are')} in another set than ${says} and stayed in it, such as ` +
    `${path} (in the ${SETS[is]} set, ${example} in the ${SETS[said]} set). ` +
    `To move pictures, use twofold split PROJECT ${said} FILES${byTable}.`
  );
}
