import type { ErrorCode } from '../errors.ts';
import type { Progress } from '../progress.ts';
import type { Split } from '../split.ts';

/** How sub-folders are read. `auto`: as labels if possible, otherwise plain. */
export type ImportMode = 'auto' | 'labels' | 'plain';

/** What an import reports about a file. */
export type ImportItemKind = 'left-out' | 'duplicate' | 'moved' | 'changed' | 'label-kept';

/**
 * `unreadable`: access is denied. `same-content`, `other-label`, `other-split`: a duplicate, and whether its folder or CSV
 * row has another label or split than the first one's.
 */
export type ImportItemCode =
  ErrorCode | 'unreadable' | 'same-content' | 'other-label' | 'other-split' | 'moved';

export interface ImportItem {
  path: string;
  kind: ImportItemKind;
  code: ImportItemCode;
  message: string;
  /** The picture it is about; for a duplicate, the first one. */
  pictureId: number | null;
}

export interface PlacedCounts {
  classes: [number, number];
  skipped: number;
  unlabelled: number;
}

export interface ImportReport {
  importId: number;
  source: 'folder' | 'csv' | 'files';
  /** What was imported: a folder, a CSV file, or the first of the files. */
  path: string;
  /** How folders were read: `labels`: some are the classes; `split`: some set the split, with or without classes. */
  layout: 'plain' | 'labels' | 'split' | 'csv';
  status: 'running' | 'done' | 'cancelled' | 'failed' | 'crashed';
  startedAtMs: number;
  finishedAtMs: number | null;
  /** Picture files found; the next seven add up to it when the import is done. */
  found: number;
  added: number;
  alreadyThere: number;
  duplicates: number;
  moved: number;
  changed: number;
  leftOut: number;
  /** Pictures that got their label from this import. */
  labelled: number;
  /** Files that are not pictures, such as notes and archives. */
  notPictures: number;
  /** The same by extension, in lower case with its dot; empty without one. */
  notPictureKinds: Record<string, number>;
  /** `leftOut` by reason. */
  leftOutKinds: Partial<Record<ImportItemCode, number>>;
  /** Ignored hidden and system files. */
  hidden: number;
  /** Skipped folders that Twofold exported. */
  exports: string[];
  /** The sets of the added pictures; `undecided`: training decides. */
  placed: Record<Split | 'undecided', PlacedCounts>;
  /** Names of the classes when it ended. */
  classes: [string, string] | null;
  /** How folders were read, in a sentence; empty if there were none. */
  reading: string;
  /** Two split folders without class folders; they are classes only if the person says so. */
  splitFolders: [string, string] | null;
  /** Notes on the whole import, such as why folders were not read as labels. */
  notes: string[];
}

/** In picture files; fraction and total are null while scanning. */
export interface ImportProgress extends Progress<number | null> {
  stage: 'scanning' | 'reading';
  added: number;
  leftOut: number;
}
