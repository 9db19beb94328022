import type { LabelSource, LabelValue } from '../../shared/library/labels.ts';
import { isCovered, isTyping, keyOf, LABEL_KEYS } from './keys.ts';

/** Undefined where the list has no such command; null where these pictures don't allow it. */
type Command = (() => unknown) | null | undefined;

/** What a list offers for the pictures that are chosen in it: its menu and its keys. */
export interface PictureCommands {
  /** How many pictures these are. */
  count: number;
  open?: Command;
  showInFolder?: Command;
  copyPaths?: Command;
  heatMap?: Command;
  label?: ((label: LabelValue, source: LabelSource) => unknown) | null;
  findSimilar?: Command;
  moveToTest?: Command;
  removeFromTest?: Command;
  useInTry?: Command;
  importPictures?: Command;
  removeFromList?: Command;
  removeFromProject?: Command;
}

const COMMAND_KEYS: Partial<Record<string, (commands: PictureCommands) => Command>> = {
  h: ({ heatMap }) => heatMap,
  o: ({ showInFolder }) => showInFolder,
  m: ({ findSimilar }) => findSimilar,
  t: ({ useInTry }) => useInTry,
  Delete: ({ removeFromList, removeFromProject }) => removeFromList ?? removeFromProject,
};

/**
 * What a key asks for in a list of pictures.
 *
 * @returns a function that does it, whose result is false where these pictures don't allow it; null for keys that mean
 * nothing
 */
export function askedByKey(event: KeyboardEvent): ((commands: PictureCommands) => boolean) | null {
  if (event.defaultPrevented || event.altKey || isCovered() || isTyping(event.target)) return null;
  const key = keyOf(event);
  const command =
    event.ctrlKey || event.metaKey
      ? // Text that is selected is what is copied.
        key === 'c' && getSelection()?.isCollapsed !== false
        ? ({ copyPaths }: PictureCommands) => copyPaths
        : undefined
      : COMMAND_KEYS[key];
  if (command) {
    return (commands) => {
      const act = command(commands);
      act?.();
      return act !== null;
    };
  }
  if (!(key in LABEL_KEYS) || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  return ({ label }) => {
    label?.(LABEL_KEYS[key]!, 'key');
    return label !== null;
  };
}
