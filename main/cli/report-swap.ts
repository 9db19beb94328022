import { getClasses } from '../library/labels/classes.ts';
import type { Project } from '../library/folder.ts';
import type { Output } from './output.ts';

/** Reports which class is which after a swap. */
export function reportSwap({ db }: Project, output: Output): void {
  const [zero, one] = getClasses(db).map(({ name }) => name) as [string, string];
  output.event('done', { swapped: true, classes: [zero, one] });
  output.line(
    `Swapped: "${one}" is now class 1, the positive class, whose probability is reported; "${zero}" is class 0. ` +
      'Labels, runs and threshold were adapted; earlier exports are unchanged.',
  );
}
