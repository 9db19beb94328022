import { getSettings } from '../settings.ts';
import { cacheDir, type Project } from '../folder.ts';
import { trimCache, type CacheOptions, type CacheResult } from './cache.ts';
import { cacheChangedMs } from './cache-files.ts';

/** Detects changes of a cache, so that its files are counted only if it may have grown. */
export class CacheWatch {
  #changedMs: number;

  /** @param isKnown whether the cache was within its limit so far; otherwise the next check counts as a change */
  constructor(
    private readonly project: Project,
    isKnown = true,
  ) {
    const isLimited = getSettings(project.db).cacheLimitBytes !== null;
    this.#changedMs = isKnown && isLimited ? cacheChangedMs(cacheDir(project)) : -1;
  }

  /**
   * Trims the cache to the project's limit if there is one and the cache has changed since the last call.
   *
   * @returns null if there was nothing to do, or while a job uses the cache
   */
  async keepLimit(options: CacheOptions = {}): Promise<CacheResult | null> {
    const { project } = this;
    const limitBytes = getSettings(project.db).cacheLimitBytes;
    if (limitBytes === null) return null;
    const dir = cacheDir(project);
    if (cacheChangedMs(dir) === this.#changedMs) return null;
    const result = await trimCache(dir, limitBytes, options);
    if (result) this.#changedMs = cacheChangedMs(dir);
    return result;
  }
}
