import { z } from 'zod';
import { DEFAULT_THRESHOLD } from '../metrics.ts';
import { MAP_COLOURS, MAP_METHODS } from '../map.ts';
import { PLACES } from '../places.ts';
import { FOLD_COUNTS, SEED_COUNTS } from '../cross-validation.ts';
import { recipeSchema } from '../recipe.ts';
import { cacheLimitSchema } from './cache.ts';
import { labelValueSchema } from './labels.ts';
import { alikeSchema, pictureQuerySchema } from './query.ts';
import { runIdSchema, thresholdSchema } from './runs.ts';

/** Settings that are stored in the project. Invalid ones fall back to their defaults. */
export const projectSettingsSchema = z.strictObject({
  recipe: recipeSchema.prefault({}),
  brush: labelValueSchema.default(0),
  /** Where a person was last in the window; null until they went to another place than the Library. */
  place: z.enum(PLACES).nullable().default(null),
  /** Edge of a thumbnail in the grid, in pixels. */
  gridSizePx: z.int().min(48).max(512).default(144),
  /** File names under the thumbnails of the grid. */
  gridNames: z.boolean().default(false),
  /** Badges in the grid with the set that a picture belongs to. */
  gridSplits: z.boolean().default(false),
  /** Whether the Library shows pictures as a grid or on the map; how the map places and colours them. */
  layout: z.enum(['grid', 'map']).default('grid'),
  mapMethod: z.enum(MAP_METHODS).default('pca'),
  mapColour: z.enum(MAP_COLOURS).default('label'),
  /** Whether a click on a half of the large picture labels it. */
  halves: z.boolean().default(false),
  query: pictureQuerySchema.prefault({}),
  /** How alike the pictures of a group of look-alikes are. */
  alikeFrom: alikeSchema,
  /** The run whose predictions are the suggestions in the Library; null: they follow the labels so far. */
  suggestsBy: runIdSchema.nullable().default(null),
  /** The run that a person asked to predict all pictures, until it has; null: none. */
  predictsRun: runIdSchema.nullable().default(null),
  /** A probability of class 1 above it is class 1, in predictions, evaluations, tables and exports. */
  threshold: thresholdSchema.default(DEFAULT_THRESHOLD),
  /** What the cache may take between jobs; see `cacheLimitSchema`. */
  cacheLimitBytes: cacheLimitSchema.default(null),
  /** How a recipe is repeated in Train. */
  repeat: z
    .strictObject({
      method: z.enum(['seeds', 'folds']).default('seeds'),
      seeds: z.literal(SEED_COUNTS).default(5),
      folds: z.literal(FOLD_COUNTS).default(5),
    })
    .prefault({}),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;
