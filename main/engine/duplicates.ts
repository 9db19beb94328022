import type { DuplicatesJob } from '../../shared/jobs/duplicates.ts';
import type { Grouped } from '../../shared/labelled-picture.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import { SPLITS, type Split } from '../../shared/split.ts';
import { DuplicateStore, groupKeys } from '../insight/duplicate-store.ts';
import { cacheDir, type Project } from '../library/folder.ts';
import type { Db } from '../library/database/sql.ts';
import type { LabelResult, LabelSource } from '../../shared/library/labels.ts';
import { moveToSets } from '../library/labels/split-steps.ts';
import { distinctContents, listContents, type PictureContent } from '../library/reading/contents.ts';
import { throwIfCancelled } from '../support/cancelled.ts';
import { startJob, type JobOptions, type RunningJob } from '../training/supervisor.ts';

/** Group key of each content (SHA-256) that has near-duplicates. */
export type DuplicateKeys = ReadonlyMap<string, string>;

/**
 * Adds to each picture the name of its group: the lowest SHA-256 of its near-duplicates among the given pictures, else its
 * own. So the names depend on nothing but the contents of these pictures.
 */
export function groupsAmong<P extends { sha256: string }>(
  pictures: readonly P[],
  keys: DuplicateKeys,
): Grouped<P>[] {
  const lowest = new Map<string, string>();
  for (const { sha256 } of pictures) {
    const key = keys.get(sha256) ?? sha256;
    const known = lowest.get(key);
    if (known === undefined || sha256 < known) lowest.set(key, sha256);
  }
  return pictures.map((one) => ({ ...one, group: lowest.get(keys.get(one.sha256) ?? one.sha256)! }));
}

export interface KnownDuplicates {
  keys: DuplicateKeys;
  /** Contents (SHA-256) that were compared with each other. */
  compared: ReadonlySet<string>;
}

/** Near-duplicates found so far, from the project's cache. Compares nothing. */
export async function knownDuplicates(project: Project, model: IndexModel): Promise<KnownDuplicates> {
  const comparison = await new DuplicateStore(cacheDir(project), model).read();
  return { keys: groupKeys(comparison), compared: new Set(comparison.hashes) };
}

type Comparable = Pick<PictureContent, 'path' | 'sha256' | 'problem'>;

/**
 * Finds near-duplicates among pictures: copies of one photograph, also if compressed, resized, brightened, cropped a
 * little or mirrored, and frames of a burst. Compares only pictures that have not been compared before, in a separate
 * process, and first indexes those that are missing from the index. Starts no process if nothing is new.
 *
 * @param pictures the pictures to search; those whose file is missing or has changed are skipped
 * @param options `onEvent` receives the progress of the stages `indexing` and `comparing`
 */
export async function findDuplicates(
  project: Project,
  model: IndexModel,
  pictures: readonly Comparable[],
  options: JobOptions,
): Promise<DuplicateKeys> {
  const { keys, compared } = await knownDuplicates(project, model);
  throwIfCancelled(options.signal);
  const job = startComparing(project, model, uncompared(pictures, compared), options);
  if (!job) return keys;
  await job.result;
  return (await knownDuplicates(project, model)).keys;
}

/** All pictures with a usable file if any of them has not been compared before; otherwise none. */
export function uncompared(pictures: readonly Comparable[], compared: ReadonlySet<string>): Comparable[] {
  const usable = pictures.filter(({ problem }) => problem === null);
  return usable.every(({ sha256 }) => compared.has(sha256)) ? [] : usable;
}

/** Starts the comparison for `findDuplicates`. @returns null without pictures */
export function startComparing(
  project: Project,
  model: IndexModel,
  pictures: readonly Comparable[],
  options: JobOptions,
): RunningJob<DuplicatesJob> | null {
  if (pictures.length === 0) return null;
  return startJob<DuplicatesJob>(
    { kind: 'duplicates', cacheDir: cacheDir(project), model, pictures: distinctContents(pictures) },
    options,
  );
}

/** At least two pictures of the project that are near-duplicates of each other. */
export interface DuplicateGroup {
  /** Stays the same while the group has the same contents. */
  key: string;
  /** In the order in which they were added. */
  pictures: PictureContent[];
}

/** The project's groups of near-duplicates, the largest first. */
export function duplicateGroups(pictures: readonly PictureContent[], keys: DuplicateKeys): DuplicateGroup[] {
  const groups = new Map<string, PictureContent[]>();
  for (const picture of pictures) {
    const key = keys.get(picture.sha256);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(picture);
    else groups.set(key, [picture]);
  }
  return [...groups]
    .map(([key, members]) => ({ key, pictures: members }))
    .filter(({ pictures: members }) => members.length > 1)
    .sort((a, b) => b.pictures.length - a.pictures.length || (a.key < b.key ? -1 : 1));
}

/**
 * A group of near-duplicates in more than one set, so that a model is evaluated on pictures like those it was trained
 * on.
 */
export interface Leak extends DuplicateGroup {
  /** The sets that contain it, in the order training, validation, test. */
  sets: Split[];
}

/**
 * Groups that are in more than one set.
 *
 * @param setOf the set of a picture, null for none; default: its stored split. Pass the split of a run to find leaks in
 *   that run
 */
export function findLeaks(
  groups: readonly DuplicateGroup[],
  setOf: (picture: PictureContent) => Split | null = ({ split }) => split,
): Leak[] {
  return groups.flatMap((group) => {
    const found = new Set(group.pictures.map(setOf));
    const sets = SPLITS.filter((split) => found.has(split));
    return sets.length > 1 ? [{ ...group, sets }] : [];
  });
}

/** Leaks of the stored split among the pictures that have been compared. Compares nothing. */
export async function knownLeaks(project: Project, model: IndexModel): Promise<Leak[]> {
  const { keys } = await knownDuplicates(project, model);
  return keys.size === 0 ? [] : findLeaks(duplicateGroups(listContents(project.db), keys));
}

/**
 * Moves each leaking group to one set, as one undo step: to the test set if any of its pictures is there, otherwise to
 * the set that has most of its pictures (training if equal). Pictures without a set keep none.
 *
 * @returns the moved pictures in `moved`
 */
export function repairLeaks(db: Db, leaks: readonly Leak[], source: LabelSource): LabelResult {
  const targets: Record<Split, number[]> = { train: [], validation: [], test: [] };
  for (const { pictures, sets } of leaks) {
    const count = (split: Split): number => pictures.filter((picture) => picture.split === split).length;
    const target = sets.includes('test')
      ? 'test'
      : count('validation') > count('train')
        ? 'validation'
        : 'train';
    for (const { id, split } of pictures) if (split !== null) targets[target].push(id);
  }
  return moveToSets(
    db,
    SPLITS.map((split) => ({ split, ids: targets[split] })),
    source,
  );
}
