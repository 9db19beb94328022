import { z } from 'zod';
import { checkSchema } from './checks.ts';
import type { ErrorCode, Failure } from './errors.ts';
import { SPLITS, type EpochMetrics, type Label, type Split } from './jobs.ts';
import { DEFAULT_THRESHOLD, type Evaluation, type Interval } from './metrics.ts';
import type { Progress } from './progress.ts';
import { recipeSchema, type Recipe } from './recipe.ts';
import type { UnsureRule } from './unsure.ts';

/** The data of a project, for app, command line and window. */

/** Index of a class. Class 1 is the positive class, whose probability the model predicts. */
export type ClassIndex = Label;

/** The label of a picture: a class, skipped (excluded from training), or none. */
export type LabelValue = ClassIndex | 'skipped' | null;
export const labelValueSchema = z.union([z.literal(0), z.literal(1), z.literal('skipped'), z.null()]);

/** Where a label came from. */
export const LABEL_SOURCES = ['mouse', 'key', 'cli', 'folder', 'csv', 'review', 'suggested'] as const;
export type LabelSource = (typeof LABEL_SOURCES)[number];
export const labelSourceSchema = z.enum(LABEL_SOURCES);

/** The label of skipped pictures in CSV files, which no class may have as its name. */
export const SKIPPED = 'skipped';

export const classInfoSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'A class needs a name.')
    .max(100, 'A class name has at most 100 characters.')
    .refine((name) => name.toLowerCase() !== SKIPPED, `"${SKIPPED}" is reserved for skipped pictures.`),
  /** `#rrggbb` */
  color: z.string().regex(/^#[0-9a-f]{6}$/i, 'Expected a colour such as #2f7de1.'),
});
export interface ClassInfo {
  name: string;
  /** `#rrggbb` */
  color: string;
}

/** Blue and orange, distinguishable with every common kind of colour blindness, on light and dark backgrounds. */
export const DEFAULT_CLASSES: readonly [ClassInfo, ClassInfo] = [
  { name: 'Class A', color: '#2f7de1' },
  { name: 'Class B', color: '#e8822e' },
];

/** `missing`: there is no file. `changed`: the file has changed since it was imported. */
export type PictureProblem = 'missing' | 'changed';

export interface Picture {
  id: number;
  /** Absolute. */
  path: string;
  /** File name with its extension. */
  name: string;
  /** Of the file's content when it was imported, in hexadecimal. */
  sha256: string;
  sizeBytes: number;
  /** Whole milliseconds. */
  mtimeMs: number;
  /** In pixels, after EXIF orientation. */
  width: number;
  height: number;
  /** `jpeg`, `png`, … */
  format: string;
  addedAtMs: number;
  importId: number | null;
  /** As set by folders, a CSV file or the person; null if training decides. */
  split: Split | null;
  /** In which set it was in a run; only where a run was given. */
  runSplit?: Split | null;
  problem: PictureProblem | null;
  label: LabelValue;
}

/** The properties of a picture file. `width` and `height` in pixels, after EXIF orientation. */
export interface InspectedPicture {
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
  width: number;
  height: number;
  format: string;
  /** Of a 16-bit picture: the bits of its largest value. */
  bitsUsed?: number;
}
export type Inspect = (path: string, signal: AbortSignal) => Promise<InspectedPicture>;

export interface LibraryCounts {
  total: number;
  unlabelled: number;
  /** Pictures of class 0 and of class 1. */
  classes: [number, number];
  skipped: number;
  /** Pictures whose split is set. */
  train: number;
  validation: number;
  test: number;
  /** Of `test`, the pictures of class 0 and of class 1. */
  testClasses: [number, number];
  missing: number;
  changed: number;
  /** Of `missing`, the labelled pictures outside the test set. */
  trainableMissing: number;
}

/** A folder with pictures in it or below it, for the folder list of the Library. */
export interface LibraryFolder {
  /** Absolute. */
  path: string;
  name: string;
  /** 0 for the folder that all pictures have in common. */
  depth: number;
  /** Pictures in it and below it. */
  count: number;
}

/** Labelled pictures of each class that training may use: those outside the test set. */
export function trainingCounts({ classes, testClasses }: LibraryCounts): [number, number] {
  return [classes[0] - testClasses[0], classes[1] - testClasses[1]];
}

/** Probabilities of class 1 above the threshold are predicted as class 1. */
export const thresholdSchema = z.number().min(0).max(1);

export const runIdSchema = z.string().regex(/^r[1-9]\d{0,8}$/, 'Expected a run such as r1.');

/** Which pictures the grid shows. `split`: of a run if one is given, otherwise as set in the project. */
export const pictureFilterSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('unlabelled') }),
  z.strictObject({ kind: z.literal('labelled') }),
  /** Labelled, and not in the test set. */
  z.strictObject({ kind: z.literal('trainable') }),
  z.strictObject({ kind: z.literal('class'), class: z.union([z.literal(0), z.literal(1)]) }),
  z.strictObject({ kind: z.literal('skipped') }),
  z.strictObject({
    kind: z.literal('split'),
    split: z.enum(SPLITS),
    run: runIdSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('problems') }),
  /** Pictures to which a check applies; those not measured yet are not among them. */
  z.strictObject({ kind: z.literal('check'), check: checkSchema }),
  z.strictObject({ kind: z.literal('import'), importId: z.int().positive() }),
  z.strictObject({
    kind: z.literal('wrong'),
    run: runIdSchema,
    on: z.enum(['validation', 'test']).default('validation'),
    /** Default: the project's. */
    threshold: thresholdSchema.optional(),
  }),
  /** Pictures that have near-duplicates, group by group whatever the sort. */
  z.strictObject({ kind: z.literal('duplicates') }),
  /** Unlabelled pictures for which a class is suggested, with at least a probability. */
  z.strictObject({
    kind: z.literal('suggested'),
    class: z.union([z.literal(0), z.literal(1)]),
    from: z.number().min(0.5).max(1).default(0.5),
  }),
]);
export type PictureFilter = z.infer<typeof pictureFilterSchema>;

/**
 * How pictures are sorted by what is suggested for them. `class`: from the surest of class 0 to the surest of class 1.
 * `next`: which to label next, typical or uncertain ones that differ from each other.
 */
export const suggestionOrderSchema = z.enum(['surest', 'least-sure', 'class', 'next']);
export type SuggestionOrder = z.infer<typeof suggestionOrderSchema>;

/** `uncertain`: probability nearest 0.5 first. `mislabelled`: most probably of the other class first. */
export const pictureSortSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('added'), descending: z.boolean().default(false) }),
  z.strictObject({ by: z.literal('name'), descending: z.boolean().default(false) }),
  z.strictObject({ by: z.literal('uncertain'), run: runIdSchema }),
  z.strictObject({ by: z.literal('mislabelled'), run: runIdSchema }),
  z.strictObject({ by: z.literal('suggestion'), order: suggestionOrderSchema }),
  /** The most similar to a picture first. */
  z.strictObject({ by: z.literal('similar'), to: z.int().positive() }),
]);
export type PictureSort = z.infer<typeof pictureSortSchema>;

export const pictureQuerySchema = z.strictObject({
  filter: pictureFilterSchema.prefault({ kind: 'all' }),
  sort: pictureSortSchema.prefault({ by: 'added' }),
  /** Only pictures in this folder (absolute path) and below it; null: all. */
  folder: z.string().max(4096).nullable().default(null),
  /** Words that must all occur in the file's name or in the names of its folders, ignoring case and accents. */
  search: z.string().max(500).default(''),
});
export type PictureQuery = z.infer<typeof pictureQuerySchema>;
export type PictureQueryInput = z.input<typeof pictureQuerySchema>;

/** A change of the labels, as the window applies it to what it shows. */
export interface LabelChange {
  id: number;
  label: LabelValue;
}

export interface LabelResult {
  /** Null if nothing changed. */
  batch: number | null;
  changes: LabelChange[];
  /** The classes were swapped. */
  swapped?: true;
  /** Ids of pictures that were removed from the project. */
  removed?: number[];
  /** Ids of removed pictures that are in the project again. */
  restored?: number[];
  /** Ids of pictures that were moved to another set. */
  moved?: number[];
  /** Ids of pictures whose labels were checked and kept. */
  kept?: number[];
}

/** One line of a picture's history. */
export interface LabelEvent {
  batch: number;
  atMs: number;
  source: LabelSource;
  action: 'set' | 'undo' | 'redo';
  label: LabelValue;
  previous: LabelValue;
  /** The label was checked and kept. */
  kept?: true;
}

export interface UndoStep {
  batch: number;
  /** How many pictures' labels it changed. */
  pictures: number;
  /** It swaps the classes. */
  isSwap?: true;
  /** It removes pictures. */
  isRemoval?: true;
  /** It moves pictures between the sets and changes no label. */
  isSplit?: true;
  /** It records that labels were kept, and changes none. */
  isKeep?: true;
}

/** The next steps of undo and redo. */
export interface UndoState {
  undo: UndoStep | null;
  redo: UndoStep | null;
}

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

export const RUN_STATUSES = ['running', 'done', 'stopped', 'failed', 'crashed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export interface RunRecord {
  /** `r1`, `r2`, …; never used twice in a project. */
  id: string;
  /** Chosen by the person; empty at first. */
  name: string;
  note: string;
  status: RunStatus;
  /** Null if it was written by a version with settings that this one does not know. */
  recipe: Recipe | null;
  /** SHA-256 of the base's weights; null until they were loaded. */
  weightsFingerprint: string | null;
  /** Names of the project's classes now. */
  classes: [string, string];
  createdAtMs: number;
  finishedAtMs: number | null;
  bestEpoch: number | null;
  /** Its logits are divided by it; 1 where it was not calibrated. */
  temperature: number;
  /** Null: it answers every picture. */
  unsure: UnsureRule | null;
  /** The result of training. */
  metrics: JsonValue;
  /** Its evaluation on the test set, if there is one. */
  test: TestEvaluation | null;
  /** Why it failed or crashed. */
  error: Failure | null;
}

/** The evaluation of a run on the test set. */
export interface TestEvaluation {
  atMs: number;
  evaluation: Evaluation;
  /** Excluded test pictures, since the run was trained or validated on them. */
  seen: number;
  /** Test pictures that could not be read. */
  leftOut: number;
  /** Whether the test set has the same pictures with the same labels as then. */
  isCurrent: boolean;
}

export interface EpochRecord extends EpochMetrics {
  /** Loss of each batch in order; empty if not stored. */
  batchLosses: number[];
}

/** The accuracy of several runs on the validation pictures that they have in common. */
export interface CommonAccuracy {
  /** How many pictures these are. */
  common: number;
  /** Whether any of the runs was validated on other pictures as well. */
  differ: boolean;
  /** Of each run, in the given order; null without a common picture. */
  accuracies: (Interval | null)[];
}

/** A run's prediction for a picture. */
export interface RunPicture {
  id: number;
  split: Split | null;
  /** Of class 1, by the run's model. */
  probability: number | null;
  /** Of class 1, by a model that was not trained on this picture. */
  outOfSample: number | null;
}

export interface CheckReport {
  checked: number;
  ok: number;
  missing: number;
  changed: number;
  /** Located elsewhere. */
  found: number;
}

/** Settings that are stored in the project. Invalid ones fall back to their defaults. */
export const projectSettingsSchema = z.strictObject({
  recipe: recipeSchema.prefault({}),
  brush: labelValueSchema.default(0),
  /** Edge of a thumbnail in the grid, in pixels. */
  gridSizePx: z.int().min(48).max(512).default(144),
  /** File names under the thumbnails of the grid. */
  gridNames: z.boolean().default(false),
  /** Badges in the grid with the set that a picture belongs to. */
  gridSplits: z.boolean().default(false),
  /** Whether a click on a half of the large picture labels it. */
  halves: z.boolean().default(false),
  query: pictureQuerySchema.prefault({}),
  /** A probability of class 1 above it is class 1, in predictions, evaluations, tables and exports. */
  threshold: thresholdSchema.default(DEFAULT_THRESHOLD),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;
