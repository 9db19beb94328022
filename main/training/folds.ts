import { hash } from 'node:crypto';
import { TwofoldError } from '../../shared/errors.ts';
import type { LabelledPicture } from '../../shared/labelled-picture.ts';
import { inTurns } from '../support/in-turns.ts';
import { AT_ONCE, countClasses, groupPictures, inHashOrder } from './split.ts';

export interface FoldOptions {
  folds: number;
  seed: number;
  /** For error messages. */
  classes: readonly [string, string];
  /** Key of a picture's group, which stays in one fold. */
  groupOf: (picture: LabelledPicture) => string;
}

interface Group<P> {
  pictures: P[];
  counts: [number, number];
  draw: string;
}

/**
 * Divides pictures into stratified folds: each group goes to the fold that has least of its classes so far, large groups
 * first, the others in an order that seed and content decide.
 *
 * @returns the pictures of each fold
 * @throws TwofoldError `too-few` if a class has fewer groups than there are folds
 */
export async function stratifiedFolds<P extends LabelledPicture>(
  pictures: readonly P[],
  { folds, seed, classes, groupOf }: FoldOptions,
): Promise<P[][]> {
  const groups = await drawnGroups(pictures, groupOf, seed);
  for (const label of [0, 1] as const) {
    const count = groups.filter(({ counts }) => counts[label] > 0).length;
    if (count >= folds) continue;
    throw new TwofoldError(
      'too-few',
      `"${classes[label]}" has ${count} different pictures outside the test set, and ${folds} folds need at least ${folds} of each class. ` +
        (count >= 3 ? `Use ${count} folds, or label more pictures.` : 'Label more pictures.'),
    );
  }
  const totals = countClasses(pictures);
  const drawn = await inHashOrder(groups, ({ draw }) => draw);
  const large = drawn.filter((group) => group.pictures.length > 1);
  large.sort((a, b) => b.pictures.length - a.pictures.length);
  const found = Array.from({ length: folds }, () => ({ pictures: [] as P[], counts: [0, 0] }));
  for await (const piece of inTurns(
    [...large, ...drawn.filter((group) => group.pictures.length === 1)],
    AT_ONCE,
  )) {
    for (const group of piece) {
      const fullness = found.map(({ counts }) =>
        [0, 1].reduce((sum, label) => sum + (group.counts[label]! / totals[label]!) * counts[label]!, 0),
      );
      const fold = found[fullness.indexOf(Math.min(...fullness))]!;
      fold.pictures.push(...group.pictures);
      for (const label of [0, 1]) fold.counts[label]! += group.counts[label]!;
    }
  }
  return found.map((fold) => fold.pictures);
}

/** Groups with their classes and the value that orders them. */
async function drawnGroups<P extends LabelledPicture>(
  pictures: readonly P[],
  groupOf: (picture: LabelledPicture) => string,
  seed: number,
): Promise<Group<P>[]> {
  const drawn: Group<P>[] = [];
  for await (const piece of inTurns(await groupPictures(pictures, groupOf), AT_ONCE)) {
    for (const of of piece) {
      const content = of
        .map(({ sha256 }) => sha256)
        .reduce((first, other) => (other < first ? other : first));
      drawn.push({ pictures: of, counts: countClasses(of), draw: hash('sha256', `${seed}:${content}`) });
    }
  }
  return drawn;
}
