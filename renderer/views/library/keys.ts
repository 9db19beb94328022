import { isCovered, isTyping, keyOf, replayedByKey } from '../../lib/keys.ts';
import { askedByKey } from '../../lib/asked-by-key.ts';
import type { PictureCommands } from '../../lib/picture-commands.ts';
import { zoomByKey } from '../../lib/zoom.ts';
import type { Library } from '../../state/library.svelte.ts';
import type { SuggestionActions } from '../../state/suggestion-actions.svelte.ts';

/** Keys that an element with the focus has a use for itself. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('button, a, input, summary, [role=menuitem]');

/** What keys do beyond the library itself. */
export interface KeyCommands {
  /** Puts the cursor into the search field. */
  search: () => void;
  /** For what is selected, or for the large picture. */
  pictures: () => PictureCommands;
}

/** Does what a key means in the Library. @returns whether it meant anything */
export function handleKey(
  event: KeyboardEvent,
  library: Library,
  suggestions: SuggestionActions,
  commands: KeyCommands,
): boolean {
  if (isCovered() || isTyping(event.target) || event.altKey) return false;
  const key = keyOf(event);
  if (replayedByKey(event, library.labels)) return true;
  if (event.ctrlKey || event.metaKey) {
    if (withControl(key, event.shiftKey, library)) return true;
  } else if (plain(key, event, library, suggestions, commands)) return true;
  const act = askedByKey(event);
  act?.(commands.pictures());
  return act !== null;
}

function plain(
  key: string,
  event: KeyboardEvent,
  library: Library,
  suggestions: SuggestionActions,
  { search }: KeyCommands,
): boolean {
  switch (key) {
    case 'a':
      // Held down, it would accept screens that nobody has looked at.
      return event.repeat || suggestions.acceptHere();
    case 'n':
      void suggestions.labelNext();
      return true;
    case 'g':
      if (library.alike.isShown && !library.cursor.focused) library.alike.selectHere();
      else void library.alike.show();
      return true;
    case '?':
      library.keysShown = true;
      return true;
    case '/':
      if (library.cursor.focused) return false;
      search();
      return true;
  }
  if (library.cursor.focused) return inFocusView(key, event.shiftKey, library);
  return inGrid(key, event, library);
}

function withControl(key: string, shift: boolean, library: Library): boolean {
  if (key === 'z' && !shift) library.labels.undo();
  else if ((key === 'z' && shift) || key === 'y') library.labels.redo();
  else if (key === 'a' && !library.cursor.focused) library.selectAll();
  else return false;
  return true;
}

function inFocusView(key: string, shift: boolean, library: Library): boolean {
  const { cursor } = library;
  if (zoomByKey(key, shift, cursor.zoom, 'f')) return true;
  switch (key) {
    case 'ArrowLeft':
      library.labelFocused(0, 'key');
      return true;
    case 'ArrowRight':
      library.labelFocused(1, 'key');
      return true;
    case 'ArrowUp':
    case 'PageUp':
      cursor.goTo(cursor.index - 1);
      return true;
    case 'ArrowDown':
    case 'PageDown':
      cursor.next();
      return true;
    case 'Home':
      cursor.goTo(0);
      return true;
    case 'End':
      cursor.goTo(library.list.ids.length - 1);
      return true;
    case 'Enter':
    case 'Escape':
      cursor.closeFocus();
      return true;
    default:
      return false;
  }
}

function inGrid(key: string, event: KeyboardEvent, library: Library): boolean {
  switch (key) {
    case 'b':
      library.toggleBrush();
      return true;
    case 'v':
      library.selectVisible();
      return true;
    case 'Escape':
      library.escape();
      return true;
  }
  if (isControl(event.target) || library.list.ids.length === 0) return false;
  return moves(key, event.shiftKey, library);
}

function moves(key: string, shift: boolean, library: Library): boolean {
  const { grid, index: cursor, id } = library.cursor;
  const columns = grid?.columns() ?? 1;
  const page = grid?.page() ?? columns;
  const to: Partial<Record<string, number>> = {
    ArrowLeft: cursor - 1,
    ArrowRight: cursor + 1,
    ArrowUp: cursor < columns ? cursor : cursor - columns,
    ArrowDown: cursor + columns,
    PageUp: cursor - page,
    PageDown: cursor + page,
    Home: 0,
    End: library.list.ids.length - 1,
  };
  const index = to[key];
  if (index !== undefined) {
    library.moveTo(index, shift ? 'range' : 'only');
    return true;
  }
  if (id === undefined) return false;
  if (key === 'Enter') library.openFocus();
  else if (key === ' ' && library.brush.label !== undefined) library.label([id], library.brush.label, 'key');
  else if (key === ' ') library.selection.toggle(id);
  else return false;
  return true;
}
