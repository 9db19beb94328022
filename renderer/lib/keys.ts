import type { LabelValue } from '../../shared/library/labels.ts';

/** The label that a key gives, wherever pictures are listed. */
export const LABEL_KEYS: Partial<Record<string, LabelValue>> = { '1': 0, '2': 1, '0': null, s: 'skipped' };

/** Whether keys are letters of a text there, or choose an option. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=range], [type=radio], [type=checkbox]), textarea, select');

/** A letter's key has its small letter's name, whatever Shift does. */
export const keyOf = ({ key }: KeyboardEvent): string => (key.length === 1 ? key.toLowerCase() : key);

/** Whether something lies over the view that takes the keys. */
export const isCovered = (): boolean => document.querySelector('dialog[open], :popover-open') !== null;
