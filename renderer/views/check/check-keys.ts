import { ZOOM_STEP } from '../../lib/zoom.ts';
import type { Decision } from '../../state/label-check-decisions.svelte.ts';
import type { LabelCheck } from '../../state/label-check.svelte.ts';
import type { Library } from '../../state/library.svelte.ts';
import { isCovered, keyOf } from '../../lib/keys.ts';

/** The key of each decision, and of skipping. */
export const CHECK_KEYS: Record<Decision | 'skip', string> = {
  keep: 'K',
  flip: 'F',
  skip: 'S',
  exclude: 'E',
};

/** Does what a key means while labels are checked. @returns whether it meant anything */
export function handleCheckKey(event: KeyboardEvent, check: LabelCheck, library: Library): boolean {
  if (isCovered() || event.altKey || (event.target as Element).matches('select')) return false;
  const key = keyOf(event);
  if (event.ctrlKey || event.metaKey) return false;
  if (key === 'z') {
    if (event.shiftKey) library.labels.redo();
    else check.undo();
    return true;
  }
  if (key === 'Escape') {
    check.close();
    return true;
  }
  if (event.shiftKey || !check.current) return false;
  const { label } = check.current;
  switch (key) {
    case 'k':
      check.decide('keep');
      return true;
    case 'f':
      check.decide('flip');
      return true;
    case 's':
      check.skip();
      return true;
    case 'e':
      check.decide('exclude');
      return true;
    case '1':
      check.decide(label === 0 ? 'keep' : 'flip');
      return true;
    case '2':
      check.decide(label === 1 ? 'keep' : 'flip');
      return true;
    case 'ArrowUp':
    case 'PageUp':
      check.move(-1);
      return true;
    case 'ArrowDown':
    case 'PageDown':
      check.move(1);
      return true;
    case '+':
    case '=':
      check.zoom?.by(ZOOM_STEP);
      return true;
    case '-':
      check.zoom?.by(1 / ZOOM_STEP);
      return true;
    default:
      return false;
  }
}
