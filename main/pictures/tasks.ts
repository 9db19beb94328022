import type { Failure, Result } from '../../shared/errors.ts';
import type { Ranges } from './augment.ts';
import type { BudgetMemory } from './budget.ts';
import type { Measures } from './measure.ts';
import type { PrepareOptions } from './prepare.ts';
import type { PictureFormat } from './sniff.ts';

/** What crosses between the pool and its threads. */

/** A picture: where it is and, if it was imported, what it was then. */
export interface PictureReference {
  path: string;
  /** SHA-256 of the content at import; null for a file that is taken as it is now, and not kept in the cache. */
  sha256: string | null;
  /** Size and time at import, where known: while both hold, the file counts as unchanged without being read. */
  sizeBytes?: number | undefined;
  mtimeMs?: number | undefined;
}

/** A picture with its number in the data set, from which its random numbers follow. */
export interface NumberedPicture extends PictureReference {
  index: number;
}

/** How prepared pixels are made and kept. */
export interface PixelOptions extends PrepareOptions {
  /** Folder of the pixel cache; without one, pictures are decoded each time. */
  cacheDir?: string | undefined;
  /**
   * Whether a picture that is in the cache must also still be there, unchanged (default). Costs a look at the file's
   * size and time; turn it off where that was done before.
   */
  checkFiles?: boolean | undefined;
}

export interface InspectOptions {
  /** Refuse pictures with more pixels; default 250 megapixels. */
  maxPixels?: number | undefined;
  reserve?: PrepareOptions['reserve'];
  bits16?: PrepareOptions['bits16'];
  measure?: PrepareOptions['measure'];
  /** Folder of the thumbnail cache; a thumbnail is made from the same decoding. */
  thumbnailDir?: string | undefined;
  /** Longer side of that thumbnail; default as in the grid. */
  thumbnailSide?: number | undefined;
  /** Prepared pixels are put into their cache from the same decoding. */
  pixels?: { size: number; resize: PrepareOptions['resize']; cacheDir: string } | undefined;
}

/** What import wants to know of a file. It was decoded whole, so it is sound. */
export interface Inspected {
  sha256: string;
  sizeBytes: number;
  mtimeMs: number;
  /** As shown, after the EXIF orientation. */
  width: number;
  height: number;
  format: PictureFormat;
  /** Of a 16-bit picture, where it was to be measured: bits that its largest sample takes. */
  bitsUsed?: number;
}

/** Random transforms of one epoch. */
export interface Draw {
  seed: number;
  /** Number of the epoch, or of the variant where variants are kept. */
  epoch: number;
  ranges: Ranges;
}

export interface Batch {
  /** [pictures, size, size, 3] float32, 0..1; zeros for a picture that failed. */
  pixels: Float32Array<ArrayBuffer>;
  /** Pictures that could not be had, by their position in the batch. */
  failures: { position: number; error: Failure }[];
}

/** Not zero once the task is cancelled; shared between threads. */
export type CancelFlag = Int32Array<SharedArrayBuffer>;

/** What each thread of a pool is started with. */
export interface ThreadData {
  background: boolean;
  budget: BudgetMemory;
}

/** What a thread answers to a cancelled task. */
export const CANCELLED = 'cancelled';

/** Exit code of a thread that gives its memory back; a task that had reached it is sent again. */
export const RETIRED = 75;

export type Task = { cancel?: CancelFlag | undefined } & (
  | { kind: 'inspect'; path: string; options: InspectOptions }
  | { kind: 'prepare'; picture: PictureReference; options: PixelOptions }
  | { kind: 'measure'; picture: PictureReference; options: PixelOptions }
  | { kind: 'batch'; pictures: PictureReference[]; options: PixelOptions }
  | { kind: 'augment'; pictures: NumberedPicture[]; options: PixelOptions; draw: Draw }
);

export interface Answers {
  inspect: Result<Inspected>;
  prepare: Result<Uint8Array>;
  measure: Result<Measures>;
  batch: Batch;
  augment: Batch;
}
