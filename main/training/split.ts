import { createHash } from 'node:crypto';
import { TwofoldError } from '../../shared/errors.ts';
import type { Label, LabelledPicture, Split } from '../../shared/jobs.ts';

export type SplitPicture = LabelledPicture & { split: Split };

export interface SplitSet {
  train: SplitPicture[];
  validation: SplitPicture[];
}

/**
 * Divides labelled pictures into training and validation.
 *
 * Where any picture of the project has been put into validation (by `train/` and `validation/` folders or by hand), that
 * division holds and every picture without one trains. Otherwise the split is stratified and seeded: in each class,
 * groups of identical content are ordered by the SHA-256 of seed and content and validation takes the first of them, so
 * that it depends on neither order nor names, and copies of a picture are never on both sides.
 *
 * @param fraction share of each class for validation, 0..1; at least one picture goes to each side
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`
 */
export function splitPictures(
  pictures: readonly LabelledPicture[],
  options: { fraction: number; seed: number; classes: readonly [string, string] },
): SplitSet {
  requireTwoClasses(pictures, options.classes);
  const given = pictures.some((picture) => picture.split === 'validation');
  const set: SplitSet = { train: [], validation: [] };
  for (const label of [0, 1] as const) {
    const groups = groupByContent(pictures.filter((picture) => picture.label === label));
    const sides = given ? givenSides(groups) : drawnSides(groups, options);
    for (const [group, split] of sides) for (const picture of group) set[split].push({ ...picture, split });
  }
  requireBothSides(set, options.classes, given);
  for (const side of [set.train, set.validation]) side.sort(byContent);
  return set;
}

/** How many pictures of class 0 and 1 there are. */
export function countClasses(pictures: readonly { label: Label }[]): [number, number] {
  const ones = pictures.filter((picture) => picture.label === 1).length;
  return [pictures.length - ones, ones];
}

function requireTwoClasses(pictures: readonly LabelledPicture[], classes: readonly [string, string]): void {
  if (pictures.length === 0) {
    throw new TwofoldError(
      'nothing-labelled',
      'No picture is labelled yet. Label at least 2 pictures of each class, then train.',
    );
  }
  const counts = countClasses(pictures);
  for (const label of [0, 1] as const) {
    const [here, other] = [classes[label], classes[label === 0 ? 1 : 0]];
    if (counts[label] === 0) {
      throw new TwofoldError(
        'one-class',
        `All ${pictures.length} labelled pictures are "${other}". Training needs at least 2 pictures of "${here}" too.`,
      );
    }
    if (counts[label] < 2) {
      throw new TwofoldError(
        'too-few',
        `"${here}" has 1 picture. Training needs at least 2 of each class: one to learn from, one to check with.`,
      );
    }
  }
}

function requireBothSides(set: SplitSet, classes: readonly [string, string], given: boolean): void {
  for (const split of ['train', 'validation'] as const) {
    countClasses(set[split]).forEach((count, label) => {
      if (count > 0) return;
      const side = split === 'train' ? 'to train on' : 'for validation';
      throw new TwofoldError(
        'too-few',
        given
          ? `The split that was set has no picture of "${classes[label]}" ${side}. Move some there, or clear the split.`
          : `"${classes[label]}" has copies of one picture only, so none is left ${side}. Label at least 2 different pictures of each class.`,
      );
    });
  }
}

function groupByContent(pictures: readonly LabelledPicture[]): LabelledPicture[][] {
  const groups = new Map<string, LabelledPicture[]>();
  for (const picture of pictures) {
    const group = groups.get(picture.sha256);
    if (group) group.push(picture);
    else groups.set(picture.sha256, [picture]);
  }
  return [...groups.values()];
}

function givenSides(groups: LabelledPicture[][]): [LabelledPicture[], Split][] {
  return groups.map((group) => [group, group.find((picture) => picture.split)?.split ?? 'train']);
}

function drawnSides(
  groups: LabelledPicture[][],
  { fraction, seed }: { fraction: number; seed: number },
): [LabelledPicture[], Split][] {
  const draw = (group: LabelledPicture[]): string =>
    createHash('sha256').update(`${seed}:${group[0]!.sha256}`).digest('hex');
  const drawn = groups
    .map((group) => ({ group, draw: draw(group) }))
    .sort((a, b) => (a.draw < b.draw ? -1 : 1));
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const wanted = Math.max(1, Math.min(total - 1, Math.round(total * fraction)));
  let taken = 0;
  return drawn.map(({ group }, index) => {
    const last = index === drawn.length - 1;
    const split: Split = taken < wanted && !(last && taken > 0) ? 'validation' : 'train';
    if (split === 'validation') taken += group.length;
    return [group, split];
  });
}

function byContent(a: LabelledPicture, b: LabelledPicture): number {
  if (a.sha256 !== b.sha256) return a.sha256 < b.sha256 ? -1 : 1;
  return a.id - b.id;
}
