import { plural } from '../../shared/format.ts';
import type { Leak } from '../engine/duplicates.ts';
import { knownLeaks } from '../engine/duplicates.ts';
import { indexModel } from '../engine/index-library.ts';
import type { Project } from '../library/folder.ts';
import { getCounts } from '../library/pictures/pictures.ts';
import type { Output } from './output.ts';

/** Says which groups of near-duplicates are in more than one set, and how to repair that; nothing where none is. */
export function showLeaks(leaks: readonly Leak[], { folder }: Project, output: Output): void {
  if (leaks.length === 0) return;
  const count = (set: 'validation' | 'test'): number => leaks.filter(({ sets }) => sets.includes(set)).length;
  output.note(
    `${plural(leaks.length, 'group')} of near-duplicates are in more than one set (${count('validation')} reach into validation, ${count('test')} into the test set), ` +
      `so figures there look better than they are. Repair with "twofold duplicates ${folder} --repair".`,
  );
}

/** `showLeaks` for the stored split, as far as near-duplicates are known. */
export async function showKnownLeaks(project: Project, output: Output): Promise<void> {
  const { train, validation, test } = getCounts(project.db);
  if ([train, validation, test].filter((count) => count > 0).length < 2) return;
  const leaks = await knownLeaks(project, await indexModel(project));
  if (leaks.length > 0) output.event('leaks', { groups: leaks.length });
  showLeaks(leaks, project, output);
}
