import { z } from 'zod';

/** What a project's cache holds. Each kind is computed again when it is needed. */
export const CACHE_KINDS = ['thumbnails', 'pixels', 'features', 'index', 'other'] as const;
export type CacheKind = (typeof CACHE_KINDS)[number];
/** What each kind is for, to be shown beside its size. */
export const CACHE_CONTENTS: Record<CacheKind, string> = {
  thumbnails: 'small pictures for the Library and reports',
  pixels: 'decoded pictures at the size of a recipe',
  features: 'output of the base network, for training and evaluation',
  index: 'vectors and near-duplicates, for suggestions and checks',
  other: 'results of long calculations',
};

export const cacheKindSchema = z.enum(CACHE_KINDS);

export interface CacheSize {
  files: number;
  bytes: number;
}

/** The size of a project's cache. */
export interface CacheUsage {
  kinds: Record<CacheKind, CacheSize>;
  total: CacheSize;
}

/** Below this, nothing useful would stay. */
export const MIN_CACHE_LIMIT_BYTES = 1e6;

/** The most that a project's cache takes between jobs, in bytes; null: no limit. */
export const cacheLimitSchema = z.int().min(MIN_CACHE_LIMIT_BYTES).nullable();

/** @returns the usage with nothing in it */
export function emptyUsage(): CacheUsage {
  const kinds = Object.fromEntries(CACHE_KINDS.map((kind) => [kind, { files: 0, bytes: 0 }]));
  return { kinds: kinds as CacheUsage['kinds'], total: { files: 0, bytes: 0 } };
}
