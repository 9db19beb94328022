import { TwofoldError } from '../../shared/errors.ts';
import type { ClassIndex } from '../../shared/library/labels.ts';
import { chooseNext } from '../insight/label-next.ts';
import { takeRows } from '../insight/matrix.ts';
import { outOfFold } from '../insight/out-of-fold.ts';
import { fitProbe, predictProbe } from '../insight/probe.ts';
import type { PictureContent } from '../library/reading/contents.ts';
import { groupsAmong, type DuplicateKeys } from './duplicates.ts';
import type { IndexedLibrary } from './index-library.ts';
import type { LabelledProbability } from './suspects.ts';

/** Minimum number of labels of each class to fit the probe. */
export const FEWEST_LABELS = 2;

/** Maximum number of labels to fit a probe to, evenly spread over all: more make it slower and hardly better. */
export const MOST_LABELS = 4000;

export interface Suggestion {
  picture: PictureContent;
  class: ClassIndex;
  /** Of that class, 0.5..1. */
  probability: number;
}

type Labelled = PictureContent & { label: ClassIndex };
const isLabelled = (picture: PictureContent): picture is Labelled =>
  picture.label === 0 || picture.label === 1;

/** Rows of the pictures that meet a condition. */
function rowsOf({ pictures }: IndexedLibrary, condition: (picture: PictureContent) => boolean): number[] {
  return pictures.flatMap((picture, row) => (condition(picture) ? [row] : []));
}

/** Rows of the labelled pictures outside the test set, to fit the probe to. */
const learnable = (library: IndexedLibrary): number[] =>
  rowsOf(library, (picture) => isLabelled(picture) && picture.split !== 'test');

/** Rows of the unlabelled pictures outside the test set, whose labels must not depend on a model. */
const unlabelled = (library: IndexedLibrary): number[] =>
  rowsOf(library, ({ label, split }) => label === null && split !== 'test');

const labelsOf = ({ pictures }: IndexedLibrary, rows: readonly number[]): ClassIndex[] =>
  rows.map((row) => pictures[row]!.label as ClassIndex);

/** Number of labels of each class that the probe can be fitted to. */
export function countLearnable(library: IndexedLibrary): [number, number] {
  const labels = labelsOf(library, learnable(library));
  const ones = labels.filter((label) => label === 1).length;
  return [labels.length - ones, ones];
}

/** Probabilities of class 1 for unlabelled pictures; null while a class has too few labels. */
function predictUnlabelled(library: IndexedLibrary): { rows: number[]; probabilities: Float64Array } | null {
  const known = learnable(library);
  if (Math.min(...countLearnable(library)) < FEWEST_LABELS) return null;
  const probe = fitProbe(takeRows(library.matrix, known), labelsOf(library, known));
  const rows = unlabelled(library);
  return { rows, probabilities: predictProbe(probe, takeRows(library.matrix, rows)) };
}

/**
 * The class that the probe predicts for every unlabelled picture outside the test set, most confident first.
 *
 * @throws TwofoldError `too-few` while a class has too few labels
 */
export function suggestLabels(library: IndexedLibrary): Suggestion[] {
  const predicted = predictUnlabelled(library);
  if (!predicted) throw tooFew(countLearnable(library));
  return predicted.rows
    .map((row, index): Suggestion => {
      const probability = predicted.probabilities[index]!;
      const isOne = probability > 0.5;
      return {
        picture: library.pictures[row]!,
        class: isOne ? 1 : 0,
        probability: isOne ? probability : 1 - probability,
      };
    })
    .sort((a, b) => b.probability - a.probability || a.picture.id - b.picture.id);
}

/**
 * Chooses unlabelled pictures outside the test set to label next: typical ones first, later uncertain and diverse ones.
 */
export function nextToLabel(library: IndexedLibrary, count: number, seed: number): PictureContent[] {
  const predicted = predictUnlabelled(library);
  const rows = predicted?.rows ?? unlabelled(library);
  const chosen = chooseNext(takeRows(library.matrix, rows), predicted?.probabilities ?? null, count, seed);
  return chosen.map((index) => library.pictures[rows[index]!]!);
}

/**
 * Labelled pictures with their out-of-fold probabilities by the probe.
 *
 * @param keys groups of near-duplicates, which go into one fold
 * @throws TwofoldError `too-few` while a class has too few labels
 */
export function labelledProbabilities(
  library: IndexedLibrary,
  keys: DuplicateKeys,
  seed: number,
): LabelledProbability<Labelled>[] {
  const rows = learnable(library);
  const labels = labelsOf(library, rows);
  const grouped = groupsAmong(
    rows.map((row) => library.pictures[row]!),
    keys,
  );
  const groups = grouped.map(({ group }) => group);
  const probabilities = outOfFold(takeRows(library.matrix, rows), labels, groups, {
    seed,
    most: MOST_LABELS,
  });
  if (!probabilities) throw tooFew(countLearnable(library));
  return rows.map((row, index) => ({
    picture: library.pictures[row] as Labelled,
    label: labels[index]!,
    probability: probabilities[index]!,
  }));
}

function tooFew([zeros, ones]: [number, number]): TwofoldError {
  return new TwofoldError(
    'too-few',
    `Suggestions need at least ${FEWEST_LABELS} labelled pictures of each class outside the test set; there are ${zeros} and ${ones}. Label some more.`,
  );
}
