import { z } from 'zod';
import type { HeatMap } from '../heat-map.ts';
import { runIdSchema } from '../library/runs.ts';
import { call } from './call.ts';
import { pictureIdSchema } from './fields.ts';
import { tokenSchema } from './predict.ts';

/** A picture of the project, or one that was tried. */
export const explainedPictureSchema = z.union([
  z.strictObject({ id: pictureIdSchema }),
  z.strictObject({ token: tokenSchema }),
]);
export type ExplainedPicture = z.infer<typeof explainedPictureSchema>;

/** Whether heat maps are shown, and their opacity, 0..1. */
export const heatMapSettingsSchema = z.strictObject({
  shown: z.boolean().default(false),
  opacity: z.number().min(0).max(1).default(0.65),
});
export type HeatMapSettings = z.infer<typeof heatMapSettingsSchema>;

export const heatMapCalls = {
  /**
   * Which parts of a picture are evidence for which class. The run stays loaded for a minute. Null if another picture was
   * asked for before this one was begun.
   */
  'heatmaps.of': call(
    z.strictObject({ run: runIdSchema, picture: explainedPictureSchema }),
  ).returns<HeatMap | null>(),
};
