/** A labelled picture whose label may be wrong. */
export interface Suspect {
  row: number;
  /** Out-of-sample probability of its label, 0..1: the lower, the more suspect. */
  selfConfidence: number;
  /** Whether confident learning counts it as an error rather than a hard picture. */
  isLikelyError: boolean;
}

/**
 * Ranks labels by how suspect they are (Northcutt, Jiang and Chuang, Confident Learning, 2021). The threshold of a
 * class is the mean probability of that class among the pictures with that label. A picture counts as mislabelled if
 * its probability of the other class reaches that class's threshold and exceeds that of its own label.
 *
 * @param labels [n], 0 or 1
 * @param probabilities [n] of class 1, each by a model that was not trained on the picture
 * @returns every row, most suspect first
 */
export function rankLabelErrors(labels: readonly (0 | 1)[], probabilities: ArrayLike<number>): Suspect[] {
  const of = (row: number, label: 0 | 1): number =>
    label === 1 ? probabilities[row]! : 1 - probabilities[row]!;
  const thresholds = ([0, 1] as const).map((label) => {
    const own = labels.flatMap((given, row) => (given === label ? [of(row, label)] : []));
    return own.length === 0 ? Infinity : own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return labels
    .map((label, row): Suspect => {
      const other = label === 0 ? 1 : 0;
      const isConfident = of(row, other) >= thresholds[other]!;
      return {
        row,
        selfConfidence: of(row, label),
        isLikelyError: isConfident && of(row, other) > of(row, label),
      };
    })
    .sort((a, b) => a.selfConfidence - b.selfConfidence || a.row - b.row);
}
