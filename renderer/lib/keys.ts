/** Whether keys are letters of a text there, or choose an option. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=range], [type=radio], [type=checkbox]), textarea, select');

/** A letter's key has its small letter's name, whatever Shift does. */
export const keyOf = ({ key }: KeyboardEvent): string => (key.length === 1 ? key.toLowerCase() : key);

/** Whether a menu takes the keys. */
export const isMenuOpen = (): boolean => document.querySelector(':popover-open') !== null;

/** Whether something lies over the view that takes the keys. */
export const isCovered = (): boolean => document.querySelector('dialog[open], :popover-open') !== null;

interface History {
  undo(): void;
  redo(): void;
}

/** Undoes a step on Z, redoes one on Shift+Z. @returns whether the key was one of these */
export function replayedByKey(event: KeyboardEvent, history: History, covered = isCovered()): boolean {
  if (event.defaultPrevented || covered || isTyping(event.target)) return false;
  if (event.ctrlKey || event.metaKey || event.altKey || keyOf(event) !== 'z') return false;
  if (event.shiftKey) history.redo();
  else history.undo();
  return true;
}
