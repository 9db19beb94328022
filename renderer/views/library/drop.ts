import type { LabelValue } from '../../../shared/library/labels.ts';
import { labelKey } from '../../lib/marks.ts';

/** The label that pictures get when they are dropped on an element; undefined where it takes none. */
export function dropLabelOf(element: Element | null): LabelValue | undefined {
  const key = element?.closest<HTMLElement>('[data-drop]')?.dataset.drop;
  return ([0, 1, 'skipped', null] as const).find((label) => labelKey(label) === key);
}
