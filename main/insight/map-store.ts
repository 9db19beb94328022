import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TwofoldError } from '../../shared/errors.ts';
import type { IndexModel } from '../../shared/jobs/index-pictures.ts';
import type { MapMethod } from '../../shared/map.ts';
import { SafetensorsFile, writeSafetensors } from '../files/safetensors.ts';
import type { AsyncSteps } from '../support/steps.ts';
import { HASH_BYTES, hexNames } from './hashes.ts';
import { indexKey } from './index-store.ts';

/** Increment it when the same pictures would be placed differently. */
const VERSION = 1;

/** Positions of contents on a map. */
export interface MapPoints {
  /** SHA-256 of the contents, sorted. */
  hashes: string[];
  /** [contents, 2] */
  points: Float32Array;
  /** Shares of the variance along both axes of a PCA, 0..1; empty for UMAP. */
  explained: number[];
}

/**
 * Stores the maps of a project in its cache, by content and model. Removes maps of other weights, which would not be
 * read again.
 */
export class MapStore {
  readonly #dir: string;
  readonly #prefix: string;

  /** @param cacheDir cache folder of the project */
  constructor(cacheDir: string, model: IndexModel) {
    this.#dir = join(cacheDir, 'map');
    this.#prefix = `${indexKey(model)}-v${VERSION}-`;
  }

  /** The last map by a method; null if there is none, or its file is damaged. @yields after some thousand contents */
  async *read(method: MapMethod): AsyncSteps<MapPoints | null> {
    try {
      const file = await SafetensorsFile.open(this.#path(method));
      try {
        const hashes = yield* hexNames(await file.bytes('contents'));
        return {
          hashes,
          points: await file.floats('points', [hashes.length, 2]),
          explained: (file.metadata.explained ?? '').split(' ').filter(Boolean).map(Number),
        };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof TwofoldError && ['not-found', 'corrupt'].includes(error.code)) return null;
      throw error;
    }
  }

  async write(method: MapMethod, { hashes, points, explained }: MapPoints): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const contents = Buffer.from(hashes.join(''), 'hex');
    await writeSafetensors(
      this.#path(method),
      [
        { name: 'contents', type: 'U8', shape: [hashes.length, HASH_BYTES], pieces: () => [contents] },
        { name: 'points', type: 'F32', shape: [hashes.length, 2], pieces: () => [points] },
      ],
      { explained: explained.join(' ') },
    );
    await this.removeOthers();
  }

  /** Removes maps of other weights or settings of the index. */
  async removeOthers(): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(this.#prefix)) await rm(join(this.#dir, name), { force: true });
    }
  }

  #path(method: MapMethod): string {
    return join(this.#dir, `${this.#prefix}${method}.safetensors`);
  }
}
