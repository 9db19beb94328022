import { z } from 'zod';
import type { ProgressEvent } from '../jobs/messages.ts';
import { MAP_METHODS, type MapValues, type PictureMap } from '../map.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';
import type { TaskState } from './task.ts';

export const mapCalls = {
  /** A map by PCA is computed where it is out of date; one by UMAP is the last that was computed. Null where there is none. */
  'map.points': call(z.strictObject({ method: z.enum(MAP_METHODS) })).returns<PictureMap | null>(),
  'map.values': call(nothing).returns<MapValues>(),
  /** Computes the map by UMAP and stores it. Sends `map.progress`. One at a time, otherwise `busy`. */
  'map.compute': call(nothing).returns<{ placed: number }>(),
  'map.state': call(nothing).returns<TaskState<ProgressEvent> | null>(),
  /** Like `map.compute` for the map that is being computed; null without one. */
  'map.result': call(nothing).returns<{ placed: number } | null>(),
  /** The last map is kept. */
  'map.cancel': call(nothing).returns<null>(),
};

export const mapEvents = {
  'map.progress': event<ProgressEvent>(),
};
