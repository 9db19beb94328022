import type { Failure, Result } from '../../shared/errors.ts';
import type { Ranges } from './augment.ts';
import type { BudgetMemory } from './budget.ts';
import type { Measures } from './measure.ts';
import type { PrepareOptions } from './prepare.ts';
import type { PictureFormat } from './sniff.ts';

/** Messages between the pool and its threads. */

/** A picture file and, if it was imported, its state at import. */
export interface PictureReference {
  path: string;
  /** SHA-256 of the content at import; null for a file that was not imported, which is not cached. */
  sha256: string | null;
  /** Size and time at import, if known: while both are the same, the file counts as unchanged without being read. */
  sizeBytes?: number | undefined;
  mtimeMs?: number | undefined;
}

/** A picture with its number in the data set, which determines its random numbers. */
export interface NumberedPicture extends PictureReference {
  index: number;
}

/** How pixels are prepared and cached. */
export interface PixelOptions extends PrepareOptions {
  /** Folder of the pixel cache; without one, pictures are decoded each time. */
  cacheDir?: string | undefined;
  /**
   * Whether to check that the file of a cached picture still exists unchanged, by its size and time. Default true; turn
   * it off if that was checked before.
   */
  checkFiles?: boolean | undefined;
}

export interface InspectOptions {
  /** Refuse pictures with more pixels; default 250 megapixels. */
  maxPixels?: number | undefined;
  reserve?: PrepareOptions['reserve'];
  bits16?: PrepareOptions['bits16'];
  measure?: PrepareOptions['measure'];
  /** Folder of the thumbnail cache; without one, no thumbnail is made. */
  thumbnailDir?: string | undefined;
  /** Longer side of the thumbnail in pixels; default `THUMBNAIL_SIDE`. */
  thumbnailSide?: number | undefined;
  /** Prepared pixels to cache; without it, none are. */
  pixels?: { size: number; resize: PrepareOptions['resize']; cacheDir: string } | undefined;
}

/** Information about a picture for import. It was fully decoded, so it is not damaged. */
export interface Inspected {
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
  /** In pixels, after applying the EXIF orientation. */
  width: number;
  height: number;
  format: PictureFormat;
  /** For 16-bit pictures, if `measure` was set: number of bits of the largest sample. */
  bitsUsed?: number;
}

/** Random transforms of one epoch. */
export interface Draw {
  seed: number;
  /** Number of the epoch, or of the variant if variants are cached. */
  epoch: number;
  ranges: Ranges;
}

export interface Batch {
  /** [pictures, size, size, 3] float32, 0..1; zeros for a picture that failed. */
  pixels: Float32Array<ArrayBuffer>;
  /** Pictures that could not be read, by their position in the batch. */
  failures: { position: number; error: Failure }[];
}

/** Non-zero once the task is cancelled; shared between threads. */
export type CancelFlag = Int32Array<SharedArrayBuffer>;

/** Data with which each thread of a pool is started. */
export interface ThreadData {
  background: boolean;
  budget: BudgetMemory;
}

/** Result of a cancelled task. */
export const CANCELLED = 'cancelled';

/** Exit code of a thread that ends to free its memory; a task already sent to it is sent again. */
export const RETIRED = 75;

export type Task = { cancel?: CancelFlag | undefined } & (
  | { kind: 'inspect'; paths: string[]; options: InspectOptions }
  | { kind: 'prepare'; picture: PictureReference; options: PixelOptions }
  | { kind: 'measure'; picture: PictureReference; options: PixelOptions }
  | { kind: 'batch'; pictures: PictureReference[]; options: PixelOptions }
  | { kind: 'augment'; pictures: NumberedPicture[]; options: PixelOptions; draw: Draw }
);

export interface Answers {
  /** Of the first files, at least one; the thread has not begun the others. */
  inspect: Result<Inspected>[];
  prepare: Result<Uint8Array>;
  measure: Result<Measures>;
  batch: Batch;
  augment: Batch;
}
