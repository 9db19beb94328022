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
      [['A'], 'accept what is suggested: selection, large picture, or all in sight of one suggested class'],
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
    title: 'Large picture, also enlarged in Review and Try',
    keys: [
      [['←', '→'], 'label as first, second class'],
      [['1', '2', 'S', '0'], 'label, skip, clear; in the Library all of these show the next picture'],
      [['↑', '↓'], 'previous, next picture'],
      [['+', '−', 'F'], 'zoom in, zoom out, fit; also by wheel and double click'],
      [['Shift ←', '→', '↑', '↓'], 'move over the picture while it is zoomed'],
      [['Enter', 'Esc'], 'back'],
    ],
  },
  {
    title: 'Pictures of Review, Try and Check labels',
    keys: [
      [['1', '2', 'S', '0'], 'label, where the picture is in the project'],
      [['Z', 'Shift Z'], 'undo, redo'],
      [['Enter'], 'enlarge'],
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
      [['1', '2'], 'the label is the first, the second class'],
      [['↑', '↓'], 'previous, next label'],
      [['+', '−', '0'], 'zoom in, zoom out, fit'],
      [['Esc'], 'back'],
    ],
  },
];
