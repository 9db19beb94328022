import { quantile } from '../insight/quantile.ts';
import { INDEX_CUT, INDEX_SIZE, indexStore } from '../insight/index-store.ts';
import { takeRows, type Matrix } from '../insight/matrix.ts';
import { normalised } from '../insight/neighbours.ts';
import { tf, type Tensor, type Tensor2D } from '../model/tensorflow.ts';
import type { FeatureSource } from '../training/feature-source.ts';
import type { KnownPictures } from '../../shared/jobs/index-pictures.ts';
import { vectorsOf } from './index-pictures.ts';

/** Fewer labelled pictures say nothing of what is usual. */
const FEWEST = 20;
/** Labelled pictures, at equal steps, whose own distances show what is usual. */
const MOST_QUERIES = 2000;
/** Rows of a block of products. */
const ROWS = 64;
/** This share of the labelled pictures is nearer to another one than the limit. */
const USUAL = 0.99;

/** Tells how far pictures are from everything labelled, by cosine distance in the index. */
export class Novelty {
  private constructor(
    private readonly known: Tensor2D,
    /** 0.99 quantile of the labelled pictures' distances to their nearest other one. */
    readonly limit: number,
  ) {}

  /**
   * @param source of the run that predicts: its features must be those of which the index is made
   * @returns null where they are not, or where the index has fewer than 20 of the labelled pictures
   */
  static async open(
    { cacheDir, model, hashes }: KnownPictures,
    { model: base, extractor }: FeatureSource,
  ): Promise<Novelty | null> {
    const isSame =
      base.cut === INDEX_CUT &&
      base.size === INDEX_SIZE &&
      base.resize === model.resize &&
      base.bits16 === model.bits16 &&
      extractor.weights.fingerprint === model.fingerprint;
    if (!isSame) return null;
    const index = await indexStore(cacheDir, model).read();
    const rows = new Map(index.hashes.map((hash, row) => [hash, row]));
    const labelled = [...new Set(hashes)].flatMap((hash) => rows.get(hash) ?? []);
    return labelled.length < FEWEST ? null : Novelty.of(takeRows(index.matrix, labelled));
  }

  /** @param vectors of labelled pictures, at least two */
  static of(vectors: Matrix): Novelty {
    const unit = normalised(vectors);
    const known = tf.tensor2d(unit.data, [unit.rows, unit.width]);
    const step = Math.max(1, Math.ceil(unit.rows / MOST_QUERIES));
    const queries = Array.from({ length: Math.ceil(unit.rows / step) }, (_, index) => index * step);
    // The nearest to a labelled picture is itself, at a distance of 0.
    const own = nearestDistances(known, takeRows(unit, queries), 1).sort();
    return new Novelty(known, quantile(own, USUAL));
  }

  /** Distances to the nearest labelled picture, `[count]`, 0..1. @param features of a batch */
  distances(features: Tensor | Float32Array, count: number, shape: readonly number[]): Float32Array {
    const data = vectorsOf(features, count, shape);
    return this.distancesOf({ rows: count, width: data.length / count, data });
  }

  distancesOf(vectors: Matrix): Float32Array {
    return nearestDistances(this.known, normalised(vectors), 0);
  }

  dispose(): void {
    this.known.dispose();
  }
}

/** @param rank 0: the nearest row, 1: the one after it */
function nearestDistances(known: Tensor2D, unit: Matrix, rank: 0 | 1): Float32Array {
  const distances = new Float32Array(unit.rows);
  for (let start = 0; start < unit.rows; start += ROWS) {
    const end = Math.min(start + ROWS, unit.rows);
    const values = tf.tidy(() => {
      const block = tf.tensor2d(unit.data.subarray(start * unit.width, end * unit.width), [
        end - start,
        unit.width,
      ]);
      const { values } = tf.topk(tf.matMul(block, known, false, true), rank + 1);
      return values.dataSync<'float32'>();
    });
    for (let row = start; row < end; row++) {
      distances[row] = Math.max(0, 1 - values[(row - start) * (rank + 1) + rank]!);
    }
  }
  return distances;
}
