import type { ClassInfo } from '../../shared/library/classes.ts';
import type { LabelValue } from '../../shared/library/labels.ts';

type Classes = readonly [ClassInfo, ClassInfo];

/**
 * One character for each class, so that colour is never the only sign: the initials, those of the last words where these
 * are the same (`Class A`, `Class B`), else 1 and 2.
 */
export function classMarks(classes: Classes): [string, string] {
  for (const pick of [0, -1]) {
    const [first, second] = classes.map(({ name }) => initial(name.trim().split(/\s+/).at(pick) ?? ''));
    if (first && second && first !== second) return [first, second];
  }
  return ['1', '2'];
}

function initial(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment.toLocaleUpperCase() ?? '';
}

/** A label in words. */
export function labelName(label: LabelValue, classes: Classes): string {
  if (label === null) return 'not labelled';
  return label === 'skipped' ? 'skipped' : classes[label].name;
}

/** A label as it stands in attributes for the style sheets. */
export const labelKey = (label: LabelValue): string => (label === null ? 'none' : String(label));
