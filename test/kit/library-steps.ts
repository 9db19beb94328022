import type { LabelValue } from '../../shared/library/labels.ts';

export const PICTURES = 40;

export type Step = { do: 'label'; ids: number[]; label: LabelValue } | { do: 'undo' } | { do: 'redo' };

const LABELS: LabelValue[] = [0, 1, 'skipped', null];

/** Step `index` of an endless, always equal sequence of labels, undos and redos. */
export function stepOf(index: number): Step {
  if (index % 11 === 7 || index % 11 === 8) return { do: 'undo' };
  if (index % 11 === 9) return { do: 'redo' };
  const start = (index * 7) % PICTURES;
  const ids = Array.from({ length: 1 + (index % 9) }, (_, offset) => 1 + ((start + offset) % PICTURES));
  return { do: 'label', ids, label: LABELS[(index * 5 + (index >> 3)) % 4]! };
}

/** Labels of all pictures after so many steps, worked out without a database. */
export function labelsAfter(steps: number): LabelValue[] {
  let states: LabelValue[][] = [Array.from<LabelValue>({ length: PICTURES }).fill(null)];
  let at = 0;
  for (let index = 0; index < steps; index++) {
    const step = stepOf(index);
    if (step.do === 'undo') at = Math.max(0, at - 1);
    else if (step.do === 'redo') at = Math.min(states.length - 1, at + 1);
    else {
      const now = states[at]!;
      const next = now.map((old, position) => (step.ids.includes(position + 1) ? step.label : old));
      if (next.every((label, position) => label === now[position])) continue;
      states = [...states.slice(0, at + 1), next];
      at++;
    }
  }
  return states[at]!;
}
