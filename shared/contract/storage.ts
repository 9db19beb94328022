import { z } from 'zod';
import { cacheKindSchema, cacheLimitSchema, type CacheUsage } from '../library/cache.ts';
import type { Progress } from '../progress.ts';
import { call, event } from './call.ts';
import { nothing } from './fields.ts';

/** The cache of the open project. */
export interface StorageState {
  usage: CacheUsage;
  /** Null: none. */
  limitBytes: number | null;
  /** A job uses the cache, so that nothing can be removed. */
  inUse: boolean;
}

export const storageCalls = {
  /** Measures the cache: about a second with 100,000 pictures. */
  'storage.measure': call(nothing).returns<StorageState>(),
  /** Removes everything of some kinds. Sends `storage.progress`. @throws `busy` while a job uses the cache */
  'storage.clear': call(z.strictObject({ kinds: z.array(cacheKindSchema).min(1) })).returns<StorageState>(),
  /** Stores the limit and trims the cache to it, now or when no job uses it. Sends `storage.progress`. */
  'storage.setLimit': call(z.strictObject({ limitBytes: cacheLimitSchema })).returns<StorageState>(),
  /** Stops removing; what was removed stays removed. */
  'storage.cancel': call(nothing).returns<null>(),
};

export const storageEvents = {
  /** Files removed so far. */
  'storage.progress': event<Progress>(),
};
