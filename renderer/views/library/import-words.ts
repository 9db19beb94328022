import type { ImportItemKind, ImportReport } from '../../../shared/library/import.ts';

export const KIND_WORDS: Record<ImportItemKind, string> = {
  'left-out': 'skipped',
  duplicate: 'duplicate',
  moved: 'moved',
  changed: 'changed',
  'label-kept': 'label kept',
};

/** Whether there is a list of single files worth looking at. */
export const hasItems = ({ leftOut, duplicates, moved, changed }: ImportReport): boolean =>
  leftOut + duplicates + moved + changed > 0;
