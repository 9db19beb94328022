import type { Split } from '../split.ts';
import type { LabelValue } from './labels.ts';

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

export interface CheckReport {
  checked: number;
  ok: number;
  missing: number;
  changed: number;
  /** Located elsewhere. */
  found: number;
}
