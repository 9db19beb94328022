import { formatCount, plural } from '../../shared/format.ts';
import { trainingCounts, type LibraryCounts } from '../../shared/library/pictures.ts';

/** How many files are missing, for Library and Train; null where none is. */
export function missingWords(counts: LibraryCounts): string | null {
  const { missing, trainableMissing, total } = counts;
  if (missing === 0) return null;
  const [zero, one] = trainingCounts(counts);
  const why = 'Their folder may have been moved or renamed.';
  if (trainableMissing > 1 && trainableMissing === zero + one) {
    return `All ${formatCount(trainableMissing)} labelled files are missing. ${why}`;
  }
  if (missing > 1 && missing === total) return `All ${formatCount(missing)} files are missing. ${why}`;
  return missing === 1
    ? '1 file is missing. It may have been moved or renamed.'
    : `${plural(missing, 'file')} are missing. They may have been moved or renamed.`;
}
