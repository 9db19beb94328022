import { z } from 'zod';
import {
  pictureFilterSchema,
  pictureQuerySchema,
  type CheckReport,
  type LabelEvent,
  type LibraryCounts,
  type LibraryFolder,
  type Picture,
} from '../library.ts';
import type { Progress } from '../progress.ts';
import { augmentationSchema } from '../recipe.ts';
import { call, event } from './call.ts';
import { nothing, pathSchema, pictureIdSchema, pictureIdsSchema } from './fields.ts';

/** Rows of the grid are fetched by the screenful. */
export const MAX_ROWS = 1000;

/** Augmented variants of one picture: [size, size, 3] RGB each, 0..255. */
export interface AugmentationPreview {
  sizePx: number;
  /** The picture as it goes in without augmentation. */
  original: Uint8Array;
  variants: Uint8Array[];
}

/**
 * Pictures themselves are not calls: `<img src={pictureUrl(id, 'thumb')}>` (see `shared/picture-url.ts`).
 */
export const pictureCalls = {
  /** Ids of all pictures that the query finds, in its order. */
  'pictures.ids': call(pictureQuerySchema).returns<Uint32Array>(),
  /** Rows of the given ids in their order; ids that are gone are left out. */
  'pictures.rows': call(z.strictObject({ ids: z.array(pictureIdSchema).max(MAX_ROWS) })).returns<Picture[]>(),
  'pictures.counts': call(nothing).returns<LibraryCounts>(),
  /** How many pictures each filter finds: for filters that `pictures.counts` has no number for, such as those of a run. */
  'pictures.matches': call(z.strictObject({ filters: z.array(pictureFilterSchema).max(20) })).returns<
    number[]
  >(),
  /** Folders with pictures, each before its sub-folders, with counts. */
  'pictures.folders': call(nothing).returns<LibraryFolder[]>(),
  /** Everything that was ever said of a picture, oldest first. */
  'pictures.history': call(z.strictObject({ id: pictureIdSchema })).returns<LabelEvent[]>(),
  /** Looks whether every file is still there and unchanged; `check.progress` meanwhile. */
  'pictures.check': call(nothing).returns<CheckReport>(),
  /** Looks for missing pictures in a folder, by their content; `check.progress` meanwhile. */
  'pictures.findAgain': call(z.strictObject({ folder: pathSchema })).returns<CheckReport>(),
  'pictures.cancelCheck': call(nothing).returns<null>(),
  /** Puts pictures into the test set, or takes those of them that are in it out again: training decides then. */
  'pictures.setTest': call(z.strictObject({ ids: pictureIdsSchema, test: z.boolean() })).returns<{
    changed: number;
  }>(),
  /** Shows the file in the system's file manager. */
  'pictures.reveal': call(z.strictObject({ id: pictureIdSchema })).returns<null>(),
  /** What training would see of a picture: the same transforms, drawn from the seed. */
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
  /** Pictures were added, removed, found or marked as a problem: ids, rows and counts should be fetched again. */
  'pictures.changed': event<null>(),
  'check.progress': event<Progress>(),
};
