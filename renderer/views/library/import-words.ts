import { plural } from '../../lib/format.ts';
import type { ImportItemKind, ImportReport } from '../../../shared/library.ts';

export const KIND_WORDS: Record<ImportItemKind, string> = {
  'left-out': 'left out',
  duplicate: 'the same as another',
  moved: 'moved',
  changed: 'changed',
  'label-kept': 'label kept',
};

/** What came of an import, in one sentence. */
export function importSentence(report: ImportReport): string {
  const { status, found, added, labelled, alreadyThere, moved, changed } = report;
  if (found === 0 && status === 'done') return 'There are no pictures in it.';
  const parts = [
    `${plural(added, 'picture')} added`,
    ...(labelled > 0 ? [`${plural(labelled, 'picture')} labelled`] : []),
    ...(alreadyThere > 0 ? [`${plural(alreadyThere, 'picture')} already there`] : []),
    ...(moved > 0 ? [`${plural(moved, 'picture')} moved`] : []),
    ...(changed > 0 ? [`${plural(changed, 'picture')} changed`] : []),
  ];
  const text = parts.join(', ');
  if (status === 'cancelled') return `Cancelled: ${text}. What was imported stays.`;
  if (status === 'failed' || status === 'crashed') return `Ended before it was done: ${text}.`;
  return `${text}.`;
}

/** What did not come in, in one sentence; empty where all did. */
export function leftOutSentence({ leftOut, duplicates, notPictures }: ImportReport): string {
  const parts = [
    ...(leftOut > 0 ? [`${plural(leftOut, 'file')} left out`] : []),
    ...(duplicates > 0
      ? [plural(duplicates, 'copy of a picture that is there', 'copies of pictures that are there')]
      : []),
    ...(notPictures > 0
      ? [plural(notPictures, 'file that is no picture', 'files that are no pictures')]
      : []),
  ];
  return parts.length > 0 ? `${parts.join(', ')}.` : '';
}

/** Whether there is a list of single files worth looking at. */
export const hasItems = ({ leftOut, duplicates, moved, changed }: ImportReport): boolean =>
  leftOut + duplicates + moved + changed > 0;
