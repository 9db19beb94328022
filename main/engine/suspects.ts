import type { SuspectList } from '../../shared/contract/suspects.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import { sigmoid } from '../../shared/metrics.ts';
import { rankLabelErrors } from '../insight/label-errors.ts';
import { rowOf } from '../insight/matrix.ts';
import { nearest, normalised } from '../insight/neighbours.ts';
import type { IndexedLibrary } from './index-library.ts';
import type { OutOfFold } from './out-of-fold.ts';

/** A labelled picture with its out-of-fold probability of class 1. */
export interface LabelledProbability<P = { id: number; path: string }> {
  picture: P;
  label: ClassIndex;
  probability: number;
}

export interface SuspectLabel<P = { id: number; path: string }> {
  picture: P;
  label: ClassIndex;
  predicted: ClassIndex;
  /** Of the predicted class, out of fold. */
  probability: number;
  isLikelyError: boolean;
}

/**
 * Labels that contradict the out-of-fold prediction, most suspect first, as ranked by confident learning.
 *
 * @param kept ids of pictures whose label was confirmed: they count in the ranking, but are not listed
 */
export function suspectLabels<P extends { id: number }>(
  labelled: readonly LabelledProbability<P>[],
  kept: ReadonlySet<number>,
): SuspectLabel<P>[] {
  return rankLabelErrors(
    labelled.map(({ label }) => label),
    labelled.map(({ probability }) => probability),
  ).flatMap(({ row, selfConfidence, isLikelyError }): SuspectLabel<P>[] => {
    const { picture, label } = labelled[row]!;
    if (selfConfidence >= 0.5 || kept.has(picture.id)) return [];
    const predicted = label === 0 ? 1 : 0;
    return [{ picture, label, predicted, probability: 1 - selfConfidence, isLikelyError }];
  });
}

/** The suspects for the window, and among how many labelled pictures they were found. */
export function listSuspects(
  labelled: readonly LabelledProbability<{ id: number }>[],
  kept: ReadonlySet<number>,
): Omit<SuspectList, 'unindexed'> {
  const suspects = suspectLabels(labelled, kept).map(({ picture, isLikelyError, ...suspect }) => ({
    ...suspect,
    id: picture.id,
    isLikely: isLikelyError,
  }));
  return { suspects, labelled: labelled.length };
}

/** The head's out-of-fold predictions as probabilities. */
export const byHead = ({ pictures, logits }: OutOfFold): LabelledProbability[] =>
  pictures.map((picture, row) => ({ picture, label: picture.label, probability: sigmoid(logits[row]!) }));

export interface LabelledNeighbour {
  path: string;
  label: ClassIndex;
  /** Cosine similarity of the two vectors. */
  similarity: number;
}

/**
 * The labelled pictures outside the test set that are most similar to each of the given pictures, as evidence for or
 * against a label. Pictures that are not indexed have none.
 */
export function labelledNeighbours(
  { pictures, matrix }: IndexedLibrary,
  ids: readonly number[],
  count = 5,
): Map<number, LabelledNeighbour[]> {
  const unit = normalised(matrix);
  const rows = new Map(pictures.map(({ id }, row) => [id, row]));
  const isLabelled = ({ label, split }: (typeof pictures)[number]): boolean =>
    (label === 0 || label === 1) && split !== 'test';
  return new Map(
    ids.map((id) => {
      const own = rows.get(id);
      if (own === undefined) return [id, []];
      const found = nearest(unit, rowOf(matrix, own), {
        count,
        except: (row) => row === own || !isLabelled(pictures[row]!),
      });
      return [
        id,
        found.map(({ row, similarity }) => ({
          path: pictures[row]!.path,
          label: pictures[row]!.label as ClassIndex,
          similarity,
        })),
      ];
    }),
  );
}
