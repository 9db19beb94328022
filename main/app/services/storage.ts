import type { StorageState } from '../../../shared/contract/storage.ts';
import type { CacheKind, CacheUsage } from '../../../shared/library/cache.ts';
import type { Progress } from '../../../shared/progress.ts';
import { isCacheInUse } from '../../files/cache-marks.ts';
import { clearCache, measureCache, trimCache } from '../../library/cache/cache.ts';
import { CacheWatch } from '../../library/cache/limit.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import { getSettings, updateSettings } from '../../library/settings.ts';
import { logFailure } from '../../log/log.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';
import { Task } from './task.ts';

/**
 * Delay after a job, or after opening a project, until its cache is trimmed, so as not to slow down foreground work.
 */
const TRIM_AFTER_MS = 5000;

/** Measures and clears the cache of the open project, and keeps it within its limit. */
export class Storage extends Task<StorageState, Progress> {
  #watch: { of: Project; watch: CacheWatch } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #trimming: { abort: AbortController; ended: Promise<void> } | null = null;

  /** @param onIndexCleared called when the index was removed, since suggestions keep it in memory */
  constructor(
    private readonly project: OpenProject,
    private readonly onIndexCleared: () => Promise<void>,
    onProgress: (progress: Progress) => void,
  ) {
    super(project, 'Clearing the cache', onProgress);
    project.beforeClose(() => this.#endTrimming());
  }

  async measure(): Promise<StorageState> {
    const project = this.project.require();
    return state(project, await measureCache(cacheDir(project)));
  }

  /** @throws TwofoldError `busy`, `cancelled` */
  clear(kinds: readonly CacheKind[]): Promise<StorageState> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      const { usage } = await clearCache(cacheDir(project), kinds, { signal, onProgress });
      if (kinds.includes('index')) await this.onIndexCleared();
      return state(project, usage);
    });
  }

  /** @throws TwofoldError `busy`, `cancelled` */
  setLimit(limitBytes: number | null): Promise<StorageState> {
    const project = this.project.require();
    return this.start(async (signal, onProgress) => {
      updateSettings(project.db, { cacheLimitBytes: limitBytes });
      const dir = cacheDir(project);
      const options = { signal, onProgress };
      const trimmed = limitBytes === null ? null : await trimCache(dir, limitBytes, options);
      return state(project, trimmed?.usage ?? (await measureCache(dir, options)));
    });
  }

  /** Wraps a function that starts a process which fills the cache: the cache is trimmed afterwards. */
  after(spawn: () => JobProcess): () => JobProcess {
    return () => {
      const child = spawn();
      child.onExit(() => this.trimSoon());
      return child;
    };
  }

  /** Trims the cache to its limit in the background, if it may have grown. */
  readonly trimSoon = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#trim(), TRIM_AFTER_MS);
  };

  #trim(): void {
    const project = this.project.current;
    if (!project || this.#trimming) return;
    if (this.#watch?.of !== project) this.#watch = { of: project, watch: new CacheWatch(project, false) };
    const abort = new AbortController();
    const ended = this.#watch.watch
      .keepLimit({ signal: abort.signal })
      .then(
        () => undefined,
        (error: unknown) => (abort.signal.aborted ? undefined : logFailure('trimming the cache', error)),
      )
      .finally(() => (this.#trimming = null));
    this.#trimming = { abort, ended };
  }

  async #endTrimming(): Promise<void> {
    clearTimeout(this.#timer);
    this.#trimming?.abort.abort();
    await this.#trimming?.ended;
    this.#watch = null;
  }
}

const state = (project: Project, usage: CacheUsage): StorageState => ({
  usage,
  limitBytes: getSettings(project.db).cacheLimitBytes,
  inUse: isCacheInUse(cacheDir(project)),
});
