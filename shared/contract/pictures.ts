import { z } from 'zod';
import type { LabelEvent } from '../library/labels.ts';
import type { CheckReport, LibraryCounts, LibraryFolder, Picture } from '../library/pictures.ts';
import { pictureFilterSchema, pictureQuerySchema } from '../library/query.ts';
import { runIdSchema } from '../library/runs.ts';
import type { Progress } from '../progress.ts';
import { augmentationSchema } from '../recipe.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema, pictureIdSchema, pictureIdsSchema } from './fields.ts';

/** Rows of the grid per call. */
export const MAX_ROWS = 1000;

/** Augmented variants of one picture: [size, size, 3] RGB each, 0..255. */
export interface AugmentationPreview {
  sizePx: number;
  /** The picture without augmentation. */
  original: Uint8Array;
  variants: Uint8Array[];
}

/** Pictures group by group. */
export interface PictureGroups {
  ids: Uint32Array;
  /** Of each group, in the order of `ids`. */
  sizes: Uint32Array;
}

/** The pictures themselves are loaded by URL, see `shared/picture-url.ts`. */
export const pictureCalls = {
  /** Ids of all matching pictures, in order. */
  'pictures.ids': call(pictureQuerySchema).returns<Uint32Array>(),
  /** Groups, for a query whose filter is `alike` or `duplicates`; the largest first, whatever the sort. */
  'pictures.groups': call(pictureQuerySchema).returns<PictureGroups>(),
  /** Rows of the given ids in their order, without those that no longer exist. `run`: also in which set each was in it. */
  'pictures.rows': call(
    z.strictObject({
      ids: z.array(pictureIdSchema).max(MAX_ROWS),
      run: runIdSchema.nullable().default(null),
    }),
  ).returns<Picture[]>(),
  'pictures.counts': call(nothing).returns<LibraryCounts>(),
  /** How many pictures match each filter, for filters that `pictures.counts` does not count, such as those of a run. */
  'pictures.matches': call(z.strictObject({ filters: z.array(pictureFilterSchema).max(20) })).returns<
    number[]
  >(),
  /** Folders with pictures, each before its sub-folders, with counts. */
  'pictures.folders': call(nothing).returns<LibraryFolder[]>(),
  /** All labels that a picture has had, oldest first. */
  'pictures.history': call(z.strictObject({ id: pictureIdSchema })).returns<LabelEvent[]>(),
  /** Checks whether every file still exists unchanged. Sends `check.progress`. */
  'pictures.check': call(nothing).returns<CheckReport>(),
  /** Locates missing pictures in a folder, by path and content; `check.progress` meanwhile. */
  'pictures.locate': call(z.strictObject({ folder: pathSchema })).returns<CheckReport>(),
  'pictures.cancelCheck': call(nothing).returns<null>(),
  /** Moves pictures to the test set, or out of it, so that training decides. */
  'pictures.setTest': call(z.strictObject({ ids: pictureIdsSchema, test: z.boolean() })).returns<{
    changed: number;
  }>(),
  /** Shows the file in the system's file manager. */
  'pictures.reveal': call(z.strictObject({ id: pictureIdSchema })).returns<null>(),
  /** Copies the paths of files to the clipboard, one a line. */
  'pictures.copyPaths': call(z.strictObject({ ids: pictureIdsSchema })).returns<{ copied: number }>(),
  /** Augmented variants of a picture as in training, drawn from the seed. */
  'pictures.previewAugmentation': call(
    z.strictObject({
      id: pictureIdSchema,
      augmentation: augmentationSchema,
      sizePx: z.int().min(32).max(512),
      resize: z.enum(['bilinear', 'nearest']),
      bits16: z.int().min(9).max(16).default(16),
      count: z.int().min(1).max(24),
      seed: z.int().min(0).max(0xffff_ffff),
    }),
  ).returns<AugmentationPreview>(),
};

export const pictureEvents = {
  /** How many pictures of each kind there are now; follows every change of labels and pictures, whoever made it. */
  'pictures.counted': event<LibraryCounts>(),
  /** Pictures were added, removed, located or found missing: ids, rows and counts must be fetched again. */
  'pictures.changed': event<null>(),
  'check.progress': event<Progress>(),
};
