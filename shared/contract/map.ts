import { z } from 'zod';
import { MAP_METHODS, type MapValues, type PictureMap } from '../map.ts';
import { call } from './call.ts';
import { nothing } from './fields.ts';

export const mapCalls = {
  /** A map by PCA is computed where it is out of date; one by UMAP is the last that was computed. Null where there is none. */
  'map.points': call(z.strictObject({ method: z.enum(MAP_METHODS) })).returns<PictureMap | null>(),
  'map.values': call(nothing).returns<MapValues>(),
};
