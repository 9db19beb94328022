import type { Decision } from '../../state/label-check-decisions.svelte.ts';
import type { LabelCheck } from '../../state/label-check.svelte.ts';
import type { Library } from '../../state/library.svelte.ts';
import { isCovered, keyOf, replayedByKey } from '../../lib/keys.ts';
import { askedByKey } from '../../lib/asked-by-key.ts';
import type { PictureCommands } from '../../lib/picture-commands.ts';
import { zoomByKey } from '../../lib/zoom.ts';

/** The key of each decision, and of skipping. */
export const CHECK_KEYS: Record<Decision | 'skip', string> = {
  keep: 'K',
  flip: 'F',
  skip: 'S',
  exclude: 'E',
};

/** The key that shows the whole picture: F changes the label here. */
export const CHECK_FIT_KEY = '0';

/**
 * Does what a key means while labels are checked.
 *
 * @param commands what can be done with the picture; null until it is known
 * @param covered as in `askedByKey`
 * @returns whether it meant anything
 */
export function handleCheckKey(
  event: KeyboardEvent,
  check: LabelCheck,
  library: Library,
  commands: PictureCommands | null,
  covered = isCovered(),
): boolean {
  if (covered || event.altKey || (event.target as Element).matches('select')) return false;
  const history = { undo: () => check.undo(), redo: () => library.labels.redo() };
  if (replayedByKey(event, history, covered)) return true;
  if (!event.ctrlKey && !event.metaKey && plain(keyOf(event), event.shiftKey, check)) return true;
  const act = commands && askedByKey(event, covered);
  act?.(commands!);
  return act !== null;
}

function plain(key: string, shift: boolean, check: LabelCheck): boolean {
  if (key === 'Escape') {
    check.close();
    return true;
  }
  if (!check.current) return false;
  if (!check.enlarged && zoomByKey(key, shift, check.zoom, CHECK_FIT_KEY)) return true;
  if (shift) return false;
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
    case 'ArrowUp':
    case 'PageUp':
      check.move(-1);
      return true;
    case 'ArrowDown':
    case 'PageDown':
      check.move(1);
      return true;
    default:
      return false;
  }
}
