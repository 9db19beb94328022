import { isCovered, isTyping, keyOf, LABEL_KEYS } from '../../lib/keys.ts';
import { ZOOM_STEP } from '../../lib/zoom.ts';
import type { Library } from '../../state/library.svelte.ts';
import type { SuggestionActions } from '../../state/suggestion-actions.svelte.ts';

/** What the keys do, in words for the sheet. */
export const KEY_SHEET: readonly {
  title: string;
  keys: readonly (readonly [keys: string[], does: string])[];
}[] = [
  {
    title: 'Label',
    keys: [
      [['1', '2'], 'label the selection, or click to label as the first, second class'],
      [['S'], 'skip: exclude from training'],
      [['A'], 'accept what is suggested, for the selection or the large picture'],
      [['N'], 'label next: typical and uncertain pictures, one by one'],
      [['0'], 'clear the label'],
      [['B'], 'turn click-to-label on or off'],
      [['Z', 'Shift Z'], 'undo, redo'],
      [['Delete'], 'remove from the project; files stay'],
    ],
  },
  {
    title: 'Grid',
    keys: [
      [['←', '→', '↑', '↓'], 'move; with Shift: select a range'],
      [['Home', 'End', 'Page ↑', 'Page ↓'], 'move further'],
      [['Space'], 'select or deselect, or label'],
      [['Ctrl A', 'V'], 'select all, select the visible pictures'],
      [['Enter'], 'large view'],
      [['M'], 'more like this: sort by similarity'],
      [['G'], 'groups of look-alikes; there: select the group, then the next'],
      [['Esc'], 'stop click-to-label, clear the selection'],
      [['/'], 'search'],
      [['O'], 'show in folder'],
      [['Ctrl C'], 'copy the path'],
      [['T'], 'use in Try'],
      [['Shift F10'], 'menu of the selected pictures'],
      [['F6'], 'back to the grid; again: to the places'],
    ],
  },
  {
    title: 'Map',
    keys: [
      [['←', '→', '↑', '↓'], 'nearest picture in that direction; with Shift: move the map'],
      [['+', '−', 'F'], 'zoom in, zoom out, show the whole map; also by wheel'],
      [['Space', 'Enter'], 'select or deselect, large view; hold Space and drag to move the map'],
      [['V', 'Shift Enter'], 'select the visible pictures, show the selected ones in the grid'],
    ],
  },
  {
    title: 'Large picture',
    keys: [
      [['←', '→'], 'label as first, second class; show the next'],
      [['1', '2', 'S', '0'], 'label; show the next'],
      [['↑', '↓'], 'previous, next picture'],
      [['+', '−', 'F'], 'zoom in, zoom out, fit; also by wheel and double click'],
      [['Enter', 'Esc'], 'back to the grid'],
    ],
  },
  {
    title: 'Lists of Review and Try',
    keys: [
      [['1', '2', 'S', '0'], 'label, where the picture is in the project'],
      [['Enter'], 'enlarge; there: ↑ and ↓ show the next picture, +, − and F zoom'],
      [['H'], 'heat map: which parts are evidence for which class'],
      [['O'], 'show in folder'],
      [['Ctrl C'], 'copy the path'],
      [['M'], 'more like this, in the Library'],
      [['T'], 'use in Try'],
      [['Delete'], 'remove from the project; in Try: from the list'],
      [['Shift F10'], 'menu of the picture'],
    ],
  },
  {
    title: 'Check labels',
    keys: [
      [['K', 'F'], 'keep the label, change it to the other class'],
      [['S'], 'skip: decide later, at the end of the queue'],
      [['E'], 'exclude the picture from training'],
      [['↑', '↓'], 'previous, next label'],
      [['Esc'], 'back'],
    ],
  },
];

/** Keys that an element with the focus has a use for itself. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('button, a, input, summary, [role=menuitem]');

/** What keys do beyond the library itself. */
export interface KeyCommands {
  /** Puts the cursor into the search field. */
  search: () => void;
  copyPaths: () => void;
  showInFolder: () => void;
  useInTry: () => void;
}

/** Does what a key means in the Library. @returns whether it meant anything */
export function handleKey(
  event: KeyboardEvent,
  library: Library,
  suggestions: SuggestionActions,
  commands: KeyCommands,
): boolean {
  if (isCovered() || isTyping(event.target)) return false;
  const key = keyOf(event);
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return withControl(key, event.shiftKey, library, commands);
  if (key in LABEL_KEYS && !event.shiftKey) {
    library.choose(LABEL_KEYS[key]!, 'key');
    return true;
  }
  switch (key) {
    case 'z':
      if (event.shiftKey) library.labels.redo();
      else library.labels.undo();
      return true;
    case 'a':
      return suggestions.acceptHere();
    case 'n':
      void suggestions.labelNext();
      return true;
    case 'm':
      if (library.cursor.id === undefined) return false;
      void suggestions.moreLike(library.cursor.id);
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
      commands.search();
      return true;
    case 'o':
      commands.showInFolder();
      return true;
    case 't':
      commands.useInTry();
      return true;
  }
  if (library.cursor.focused) return inFocusView(key, library);
  return inGrid(key, event, library);
}

function withControl(key: string, shift: boolean, library: Library, { copyPaths }: KeyCommands): boolean {
  if (key === 'z' && !shift) library.labels.undo();
  else if ((key === 'z' && shift) || key === 'y') library.labels.redo();
  else if (key === 'a' && !library.cursor.focused) library.selectAll();
  // Text that is selected is what is copied.
  else if (key === 'c' && !shift && getSelection()?.isCollapsed !== false) copyPaths();
  else return false;
  return true;
}

function inFocusView(key: string, library: Library): boolean {
  const { cursor } = library;
  switch (key) {
    case '+':
    case '=':
      cursor.zoom?.by(ZOOM_STEP);
      return true;
    case '-':
      cursor.zoom?.by(1 / ZOOM_STEP);
      return true;
    case 'f':
      cursor.zoom?.fit();
      return true;
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
    case 'Delete':
      library.remove();
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
    case 'Delete':
      library.remove();
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
