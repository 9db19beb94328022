import { isCovered, isTyping, keyOf } from './keys.ts';
import { PICTURE_COMMANDS, type PictureCommands } from './picture-commands.ts';

/** Whether the view itself has the focus, and no control that has a use for Enter. */
const isView = (target: EventTarget | null): boolean =>
  target === document.body || (target instanceof HTMLElement && target.matches('[tabindex="-1"]'));

/** The name of a key with its Control (or Command) key, as in `PICTURE_COMMANDS`; null for others. */
function pressed(event: KeyboardEvent): string | null {
  const key = keyOf(event);
  if (event.altKey || event.shiftKey) return null;
  if (!event.ctrlKey && !event.metaKey) return key === 'Enter' && !isView(event.target) ? null : key;
  // Text that is selected is what is copied.
  return key === 'c' && getSelection()?.isCollapsed === false ? null : `Control+${key}`;
}

/**
 * What a key asks for in a list of pictures.
 *
 * @param covered whether something lies over the list that takes the keys
 * @returns a function that does it, whose result is false where these pictures don't allow it; null for keys that mean
 * nothing
 */
export function askedByKey(
  event: KeyboardEvent,
  covered = isCovered(),
): ((commands: PictureCommands) => boolean) | null {
  if (event.defaultPrevented || covered || isTyping(event.target)) return null;
  const key = pressed(event);
  const rows = PICTURE_COMMANDS.filter((row) => key !== null && row.key === key);
  if (rows.length === 0) return null;
  return (commands) => {
    // Of two that share a key, the first that the list has.
    const command = rows.map((row) => row.of(commands, 'key')).find((one) => one !== undefined);
    command?.();
    return command !== null;
  };
}
