import { formatCount } from '../../shared/format.ts';
import type { LabelSource, LabelValue } from '../../shared/library/labels.ts';

/** Undefined where the list has no such command; null where these pictures don't allow it. */
type Command = (() => unknown) | null | undefined;

/** What a list offers for the pictures that are chosen in it: its menu and its keys. */
export interface PictureCommands {
  /** How many pictures these are. */
  count: number;
  open?: Command;
  heatMap?: Command;
  showInFolder?: Command;
  copyPaths?: Command;
  label?: ((label: LabelValue, source: LabelSource) => unknown) | null;
  /** Where a label can't be cleared: false. */
  clears?: false;
  findSimilar?: Command;
  moveToTest?: Command;
  removeFromTest?: Command;
  useInTry?: Command;
  importPictures?: Command;
  removeFromList?: Command;
  removeFromProject?: Command;
}

/** A command: its name in the menu, and the key that does the same. */
interface CommandRow {
  name: (count: number, classNames: readonly [string, string]) => string;
  /** As `keyOf` names it, with the Control (or Command) key where the name begins with `Control+`; without one: null. */
  key: string | null;
  /** The first of a group of the menu. */
  begins?: true;
  of: (commands: PictureCommands, source: LabelSource) => Command;
}

const labelling = (key: string, label: Exclude<LabelValue, null>, name: CommandRow['name']): CommandRow => ({
  name,
  key,
  of: (commands, source) => commands.label && (() => commands.label!(label, source)),
});

/** The one list of what can be done with pictures, in the order of the menu. */
export const PICTURE_COMMANDS: readonly CommandRow[] = [
  { name: () => 'Open', key: 'Enter', of: ({ open }) => open },
  { name: () => 'Heat map', key: 'h', of: ({ heatMap }) => heatMap },
  { name: () => 'Show in folder', key: 'o', of: ({ showInFolder }) => showInFolder },
  {
    name: (count) => (count === 1 ? 'Copy path' : `Copy ${formatCount(count)} paths`),
    key: 'Control+c',
    of: ({ copyPaths }) => copyPaths,
  },
  { ...labelling('1', 0, (_, [zero]) => `Label as ${zero}`), begins: true },
  labelling('2', 1, (_, [, one]) => `Label as ${one}`),
  labelling('s', 'skipped', () => 'Skip'),
  {
    name: () => 'Clear label',
    key: '0',
    of: ({ label, clears = true }, source) => (clears ? label && (() => label(null, source)) : undefined),
  },
  { name: () => 'Find similar', key: 'm', begins: true, of: ({ findSimilar }) => findSimilar },
  { name: () => 'Move to test set', key: null, of: ({ moveToTest }) => moveToTest },
  { name: () => 'Remove from test set', key: null, of: ({ removeFromTest }) => removeFromTest },
  { name: () => 'Use in Try', key: 't', of: ({ useInTry }) => useInTry },
  { name: () => 'Import into project', key: null, of: ({ importPictures }) => importPictures },
  { name: () => 'Remove from list', key: 'Delete', of: ({ removeFromList }) => removeFromList },
  { name: () => 'Remove from project', key: 'Delete', of: ({ removeFromProject }) => removeFromProject },
];
