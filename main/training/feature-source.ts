import { join } from 'node:path';
import { TwofoldError, type Failure } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { FeatureExtractor } from '../model/base.ts';
import type { Tensor } from '../model/tensorflow.ts';
import { BlobCache, cacheKey } from '../pictures/cache.ts';
import { PicturePool } from '../pictures/pool.ts';
import type { Batch, Draw } from '../pictures/tasks.ts';
import { pixelKey } from '../pictures/pixels.ts';
import { mapAhead } from '../support/ahead.ts';
import { readRow, roundRow, writeRow } from './feature-rows.ts';
import { pixelsIn } from '../pictures/cache-folders.ts';

/** A picture's path and content. Without a hash the current content is used, and nothing is cached. */
export interface SourcePicture {
  path: string;
  sha256: string | null;
}

/** The parameters that decide a picture's features. */
export type FeatureModel = Pick<Recipe, 'weights' | 'cut' | 'size' | 'resize' | 'bits16'>;

export interface FeatureBatch<P extends SourcePicture> {
  /** The readable ones, in order. */
  pictures: P[];
  /** [pictures, features] float32. A tensor is valid until the next batch is requested. */
  features: Tensor | Float32Array;
}

export interface BatchOptions {
  /** Augments the pictures. */
  draw?: Draw;
  /** Whether features are read from the cache and stored there; `read`: only read. */
  cached: boolean | 'read';
}

/** Batches that are decoded on other threads ahead of TensorFlow. */
const DEPTH = 3;

/**
 * Features of pictures: decoded and augmented on other threads, passed through the frozen base, cached if they are used
 * again. Training, evaluation and prediction share this preprocessing.
 */
export class FeatureSource {
  readonly #cache: BlobCache | null;
  /** Pictures that could not be read: each is reported once and skipped from then on. */
  readonly #unreadable = new Set<SourcePicture>();
  #computed = 0;

  private constructor(
    readonly model: FeatureModel,
    readonly extractor: FeatureExtractor,
    private readonly pool: PicturePool,
    private readonly cacheDir: string | null,
    private readonly signal: AbortSignal,
    private readonly onLeftOut: (picture: SourcePicture, failure: Failure) => void,
  ) {
    this.#cache = cacheDir === null ? null : new BlobCache(join(cacheDir, 'features'));
  }

  /**
   * @param cacheDir the project's cache folder; null caches nothing
   * @throws TwofoldError `unknown-layer`, `size-too-small`, `not-found` (weights), `corrupt`, `runtime`
   */
  static async open(
    model: FeatureModel,
    cacheDir: string | null,
    signal: AbortSignal,
    onLeftOut: (picture: SourcePicture, failure: Failure) => void,
  ): Promise<FeatureSource> {
    const extractor = await FeatureExtractor.load(model);
    return new FeatureSource(model, extractor, new PicturePool(), cacheDir, signal, onLeftOut);
  }

  /** Pictures whose features were computed, not read from the cache. */
  get computed(): number {
    return this.#computed;
  }

  /** Features of each batch, in order; batches without a readable picture are skipped. */
  async *batches<P extends SourcePicture>(
    groups: Iterable<P[]>,
    options: BatchOptions,
  ): AsyncGenerator<FeatureBatch<P>> {
    for await (const pending of mapAhead(groups, DEPTH, (group) => this.#start(group, options))) {
      const batch = this.#finish(pending, options);
      try {
        if (batch.pictures.length > 0) yield batch;
      } finally {
        if (!(batch.features instanceof Float32Array)) batch.features.dispose();
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
    this.extractor.dispose();
  }

  /** Reads what the cache has and sends the others to the threads. */
  async #start<P extends SourcePicture>(group: P[], options: BatchOptions): Promise<Pending<P>> {
    const readable = group.filter((picture) => !this.#unreadable.has(picture));
    const rows = readable.map((picture) => this.#cached(picture, options));
    const missing = readable.filter((_, index) => !rows[index]);
    const pixels = missing.length > 0 ? await this.#pixels(missing, options.draw) : null;
    return { pictures: readable, rows, missing, pixels };
  }

  #pixels(pictures: readonly SourcePicture[], draw: Draw | undefined): Promise<Batch> {
    const { size, resize, bits16 } = this.model;
    const options = {
      size,
      resize,
      bits16,
      ...(this.cacheDir !== null && { cacheDir: pixelsIn(this.cacheDir) }),
    };
    const references = pictures.map(({ path, sha256 }) => ({ path, sha256, index: numberOf(sha256) }));
    return draw
      ? this.pool.augment(references, draw, options, this.signal)
      : this.pool.prepareBatch(references, options, this.signal);
  }

  #finish<P extends SourcePicture>(
    { pictures, rows, missing, pixels }: Pending<P>,
    options: BatchOptions,
  ): FeatureBatch<P> {
    const failures = new Map(pixels?.failures.map(({ position, error }) => [missing[position]!, error]));
    for (const [picture, failure] of failures) this.#leaveOut(picture, failure);
    const kept = pictures.filter((picture) => !failures.has(picture));
    const fresh = missing.filter((picture) => !failures.has(picture));
    if (!pixels || fresh.length === 0)
      return { pictures: kept, features: this.#join(kept, rows.filter(isRow)) };

    this.#computed += fresh.length;
    const computed = this.extractor.extract(withoutFailures(pixels, missing.length), fresh.length);
    if (!options.cached) return { pictures: kept, features: computed };
    const values = computed.dataSync() as Float32Array;
    computed.dispose();
    const { features } = this.extractor;
    const byPicture = new Map(
      fresh.map((picture, index) => {
        const row = values.subarray(index * features, (index + 1) * features);
        return [picture, roundRow(row)];
      }),
    );
    if (options.cached === true) for (const [picture, row] of byPicture) this.#keep(picture, row, options);
    const all = pictures.flatMap((picture, index) => rows[index] ?? byPicture.get(picture) ?? []);
    return { pictures: kept, features: fresh.length === kept.length ? values : this.#join(kept, all) };
  }

  #leaveOut(picture: SourcePicture, failure: Failure): void {
    if (this.#unreadable.has(picture)) return;
    this.#unreadable.add(picture);
    this.onLeftOut(picture, failure);
  }

  #join(pictures: readonly SourcePicture[], rows: readonly Float32Array[]): Float32Array {
    const { features } = this.extractor;
    if (rows.length !== pictures.length)
      throw new TwofoldError('internal', 'Features and pictures do not match.');
    const joined = new Float32Array(rows.length * features);
    rows.forEach((row, index) => joined.set(row, index * features));
    return joined;
  }

  #cached(picture: SourcePicture, options: BatchOptions): Float32Array | undefined {
    if (!options.cached || picture.sha256 === null) return undefined;
    const bytes = this.#cache?.get(this.#key(picture.sha256, options));
    return bytes && readRow(bytes, this.extractor.features);
  }

  #keep(picture: SourcePicture, row: Float32Array, options: BatchOptions): void {
    if (picture.sha256 === null) return;
    this.#cache?.put(this.#key(picture.sha256, options), writeRow(row));
  }

  #key(sha256: string, { draw }: BatchOptions): string {
    const { cut, size, resize, bits16 } = this.model;
    const drawn = draw ? [draw.seed, draw.epoch, JSON.stringify(draw.ranges)] : [];
    return cacheKey(
      'features',
      pixelKey(sha256, { size, resize, bits16 }),
      this.extractor.weights.fingerprint,
      cut,
      ...drawn,
    );
  }
}

/** A batch with the pixels of the pictures that are not cached. */
interface Pending<P> {
  pictures: P[];
  /** Of each picture, from the cache. */
  rows: (Float32Array | undefined)[];
  missing: P[];
  pixels: Batch | null;
}

const isRow = (row: Float32Array | undefined): row is Float32Array => row !== undefined;

/** A picture's number for its random draws, from its content, so that adding pictures does not change others' transforms. */
function numberOf(sha256: string | null): number {
  return sha256 === null ? 0 : Number.parseInt(sha256.slice(0, 8), 16);
}

/** Pixels of the readable pictures, moved together in place. */
function withoutFailures({ pixels, failures }: Batch, pictures: number): Float32Array {
  if (failures.length === 0) return pixels;
  const length = pixels.length / pictures;
  const failed = new Set(failures.map(({ position }) => position));
  let kept = 0;
  for (let position = 0; position < pictures; position++) {
    if (failed.has(position)) continue;
    pixels.copyWithin(kept * length, position * length, (position + 1) * length);
    kept++;
  }
  return pixels.subarray(0, kept * length);
}
