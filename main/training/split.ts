import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TwofoldError } from '../../shared/errors.ts';
import type { Label, LabelledPicture, SplitPicture, TrainingPicture } from '../../shared/labelled-picture.ts';
import type { TrainingSide } from '../../shared/split.ts';
import { inTurns } from '../support/in-turns.ts';

/** Pictures between two turns of the event loop, about 5 ms. */
const AT_ONCE = 2000;

export interface SplitSet {
  train: SplitPicture[];
  validation: SplitPicture[];
}

/** A new division of pictures. */
export interface DividedPictures extends SplitSet {
  /** Whether the seed decided the sides, rather than the stored splits of the pictures. */
  isDrawn: boolean;
}

export interface SplitOptions {
  /** Share of each class for validation, 0..1; each side gets at least one picture. */
  fraction: number;
  seed: number;
  /** For error messages. */
  classes: readonly [string, string];
  /** Whether the test set has labelled pictures, for error messages. */
  hasTestSet?: boolean;
  /**
   * Key of a picture's group, such as its near-duplicates, which stays on one side. Default: pictures with the same content.
   */
  groupOf?: (picture: TrainingPicture) => string;
}

/**
 * Splits labelled pictures, without those of the test set, into training and validation.
 *
 * Where any picture of the project has been put into validation (by `train/` and `validation/` folders or by hand), that
 * split holds; a picture without one goes with its group, else it trains. Otherwise the split is stratified and seeded:
 * groups are ordered by the SHA-256 of seed and content, and each goes to validation if that brings the numbers of pictures
 * there nearer to the share of each class. So it depends on neither the order nor the names of the files. Yields to the
 * event loop every few milliseconds, since the app's main process calls it.
 *
 * @throws TwofoldError `nothing-labelled`, `one-class`, `too-few`
 */
export async function splitPictures(
  pictures: readonly TrainingPicture[],
  options: SplitOptions,
): Promise<DividedPictures> {
  requireTwoClasses(pictures, options.classes, options.hasTestSet ?? false);
  const given = pictures.some((picture) => picture.split === 'validation');
  const groups = await groupPictures(pictures, options.groupOf ?? contentOf);
  const sides = given ? givenSides(groups) : await drawnSides(groups, countClasses(pictures), options);
  const set: SplitSet = { train: [], validation: [] };
  for await (const piece of inTurns(sides, AT_ONCE)) {
    for (const [group, split] of piece) for (const picture of group) set[split].push({ ...picture, split });
  }
  requireBothSides(set, options.classes, given ? 'set' : 'drawn');
  return {
    isDrawn: !given,
    train: await inHashOrder(set.train, contentOf, byId),
    validation: await inHashOrder(set.validation, contentOf, byId),
  };
}

/** Separates the pictures that have one of the contents (SHA-256). */
export function withoutContents<P extends { sha256: string }>(
  pictures: readonly P[],
  contents: ReadonlySet<string>,
): { kept: P[]; left: P[] } {
  const kept: P[] = [];
  const left: P[] = [];
  for (const picture of pictures) (contents.has(picture.sha256) ? left : kept).push(picture);
  return { kept, left };
}

/** The error of evaluating a run on a test set that it was trained or validated on. */
export function allSeen(): TwofoldError {
  return new TwofoldError(
    'too-few',
    'The run was trained or validated on every labelled picture of the test set, so it can’t be evaluated on it. Train a new run.',
  );
}

/** How many pictures of class 0 and 1 there are. */
export function countClasses(pictures: readonly { label: Label }[]): [number, number] {
  const ones = pictures.filter((picture) => picture.label === 1).length;
  return [pictures.length - ones, ones];
}

function requireTwoClasses(
  pictures: readonly TrainingPicture[],
  classes: readonly [string, string],
  hasTestSet: boolean,
): void {
  if (pictures.length === 0) {
    throw new TwofoldError(
      'nothing-labelled',
      hasTestSet
        ? 'All labelled pictures are in the test set, which is not used for training. Label at least 2 other pictures of each class, then train.'
        : 'No picture is labelled yet. Label at least 2 pictures of each class, then train.',
    );
  }
  const outside = hasTestSet ? ' outside the test set' : '';
  const counts = countClasses(pictures);
  for (const label of [0, 1] as const) {
    const [here, other] = [classes[label], classes[label === 0 ? 1 : 0]];
    if (counts[label] === 0) {
      throw new TwofoldError(
        'one-class',
        `All ${pictures.length} labelled pictures${outside} are "${other}". Training needs at least 2 pictures of "${here}" too.`,
      );
    }
    if (counts[label] < 2) {
      throw new TwofoldError(
        'too-few',
        `"${here}" has 1 picture${outside}. Training needs at least 2 of each class: one for training, one for validation.`,
      );
    }
  }
}

/** @throws TwofoldError `too-few` if a side has no picture of a class */
export function requireBothSides(
  set: SplitSet,
  classes: readonly [string, string],
  how: 'set' | 'drawn' | 'resumed',
): void {
  for (const split of ['train', 'validation'] as const) {
    countClasses(set[split]).forEach((count, label) => {
      if (count > 0) return;
      const side = split === 'train' ? 'for training' : 'for validation';
      const name = classes[label]!;
      const sentences = {
        set: `The current split has no picture of "${name}" ${side}. Move some there, or clear the split.`,
        drawn: `All pictures of "${name}" are near-duplicates of each other, so none is left ${side}. Label some that differ, or train with "Group duplicates" off (--no-group-duplicates).`,
        resumed: `The run has no picture of "${name}" left ${side}, since all of them are now in the test set. Train a new run.`,
      };
      throw new TwofoldError('too-few', sentences[how]);
    });
  }
}

/** Pictures by their groups, in the order in which the first picture of each comes. */
async function groupPictures<P extends LabelledPicture>(
  pictures: readonly P[],
  groupOf: (picture: P) => string,
): Promise<P[][]> {
  const groups = new Map<string, P[]>();
  for await (const piece of inTurns(pictures, AT_ONCE)) {
    for (const picture of piece) {
      const key = groupOf(picture);
      const group = groups.get(key);
      if (group) group.push(picture);
      else groups.set(key, [picture]);
    }
  }
  return [...groups.values()];
}

type Group = TrainingPicture[];

/** Pictures of one content go where the first of them was put; those that were put nowhere go with their group. */
function givenSides(groups: readonly Group[]): [Group, TrainingSide][] {
  return groups.flatMap((group) => {
    const isHeldOut = group.some(({ split }) => split === 'validation');
    const isTrained = group.some(({ split }) => split === 'train');
    const usual: TrainingSide = isHeldOut && !isTrained ? 'validation' : 'train';
    const given = new Map<string, TrainingSide>();
    for (const { sha256, split } of group) if (split && !given.has(sha256)) given.set(sha256, split);
    return group.map((picture): [Group, TrainingSide] => [[picture], given.get(picture.sha256) ?? usual]);
  });
}

/** @param totals pictures of class 0 and 1 */
async function drawnSides(
  groups: readonly Group[],
  totals: readonly [number, number],
  { fraction, seed }: { fraction: number; seed: number },
): Promise<[Group, TrainingSide][]> {
  const draws: { group: Group; counts: [number, number]; draw: string }[] = [];
  for await (const piece of inTurns(groups, AT_ONCE)) {
    for (const group of piece) {
      const draw = hash('sha256', `${seed}:${firstContent(group)}`);
      draws.push({ group, counts: countClasses(group), draw });
    }
  }
  const drawn = await inHashOrder(draws, ({ draw }) => draw);
  const wanted = totals.map((total) => Math.max(1, Math.min(total - 1, Math.round(total * fraction))));
  const taken = [0, 0];
  const chosen = new Set<Group>();
  const take = ({ group, counts }: (typeof draws)[number]): void => {
    chosen.add(group);
    for (const label of CLASSES) taken[label]! += counts[label];
  };
  const leavesSome = ({ counts }: (typeof draws)[number]): boolean =>
    CLASSES.every((label) => counts[label] === 0 || taken[label]! + counts[label] < totals[label]);
  for (const one of drawn) {
    const change = CLASSES.reduce<number>(
      (sum, label) =>
        sum +
        Math.abs(taken[label]! + one.counts[label] - wanted[label]!) -
        Math.abs(taken[label]! - wanted[label]!),
      0,
    );
    if (change < 0 && leavesSome(one)) take(one);
  }
  // A class of large groups alone: its smallest one.
  for (const label of CLASSES) {
    if (taken[label]! > 0) continue;
    const smallest = drawn
      .filter((one) => one.counts[label] > 0 && !chosen.has(one.group) && leavesSome(one))
      .sort((a, b) => a.group.length - b.group.length)[0];
    if (smallest) take(smallest);
  }
  return drawn.map(({ group }) => [group, chosen.has(group) ? 'validation' : 'train']);
}

const CLASSES = [0, 1] as const;

/**
 * Sorts by a hash without blocking: by its first byte into 256 parts of about equal size, then each part.
 *
 * @param hashOf 64 lower-case hexadecimal digits
 * @param among order of items with the same hash
 */
async function inHashOrder<T>(
  items: readonly T[],
  hashOf: (item: T) => string,
  among: (a: T, b: T) => number = () => 0,
): Promise<T[]> {
  const pieces = Array.from({ length: 256 }, (): T[] => []);
  for await (const some of inTurns(items, AT_ONCE)) {
    for (const item of some) pieces[parseInt(hashOf(item).slice(0, 2), 16)]!.push(item);
  }
  const sorted: T[] = [];
  let taken = 0;
  for (const piece of pieces) {
    piece.sort((a, b) => (hashOf(a) < hashOf(b) ? -1 : hashOf(a) > hashOf(b) ? 1 : among(a, b)));
    for (const item of piece) sorted.push(item);
    if (sorted.length - taken < AT_ONCE) continue;
    taken = sorted.length;
    await nextTurn();
  }
  return sorted;
}

/** The lowest hash of a group, whatever its order. */
const firstContent = (group: readonly TrainingPicture[]): string =>
  group.reduce((first, { sha256 }) => (sha256 < first ? sha256 : first), group[0]!.sha256);

const contentOf = ({ sha256 }: TrainingPicture): string => sha256;
const byId = (a: TrainingPicture, b: TrainingPicture): number => a.id - b.id;
