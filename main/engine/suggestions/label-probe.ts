import { outOfFoldSteps } from '../../insight/out-of-fold.ts';
import { fitProbe, predictProbe, type Probe } from '../../insight/probe.ts';
import { forAWhile } from '../../support/for-a-while.ts';
import { spread } from '../../support/spread.ts';
import { FEWEST_LABELS, MOST_LABELS } from '../suggest.ts';
import type { IndexedPictures } from './indexed-pictures.ts';
import type { KnownGroups } from './known-groups.ts';

/** Maximum number of labels for the out-of-fold estimate, which fits five probes. */
const MOST_ESTIMATED = 2000;

interface Scored {
  probability: number;
  label: 0 | 1;
}

/** The probe fitted to the labels so far, with its predictions. */
export class LabelProbe {
  /** Number of labels of each class that the probe may be fitted to. */
  labels: [number, number] = [0, 0];
  #probe: Probe | null = null;
  /** Computed on demand; null before. */
  #probabilities: Float32Array | null = null;
  #predicting: Generator<undefined, Float32Array> | null = null;
  #estimate: { steps: Generator<undefined, Float64Array | null>; labels: (0 | 1)[] } | null = null;

  /** Whether `all` is known with the labels so far. */
  get isPredicted(): boolean {
    return this.#probabilities !== null;
  }

  /** Discards the probe, because the classes were swapped or the vectors are of another model. */
  reset(): void {
    this.#probe = null;
  }

  /** Fits the probe to the labels outside the test set. */
  fit(pictures: IndexedPictures): void {
    const known = this.count(pictures);
    this.#estimate = null;
    this.#probabilities = null;
    this.#predicting = null;
    if (Math.min(...this.labels) < FEWEST_LABELS) {
      this.#probe = null;
      return;
    }
    const { matrix, labels } = training(pictures, spread(known, MOST_LABELS));
    this.#probe = fitProbe(matrix, labels, undefined, this.#probe);
  }

  /** Counts the labels that it may learn from. @returns their indices in the table */
  count(pictures: IndexedPictures): number[] {
    const known = learnable(pictures);
    const ones = known.filter((index) => pictures.table.labels[index] === 1).length;
    this.labels = [known.length - ones, ones];
    return known;
  }

  /** Probability of class 1 of the picture at an index of the table; NaN without a vector or a probe. */
  at({ vectors, rows }: IndexedPictures, index: number): number {
    const row = rows[index] ?? -1;
    return this.#probe && row >= 0 ? predictProbe(this.#probe, vectors.take([row]))[0]! : NaN;
  }

  /** The same for every picture, in the order of the table. Slower than a fit at 100,000 pictures. */
  all(pictures: IndexedPictures): Float32Array {
    while (!this.#probabilities) this.predict(pictures);
    return this.#probabilities;
  }

  /** One step towards `all`, of about 40 ms. @returns whether it was the last */
  predict(pictures: IndexedPictures): boolean {
    if (this.#probabilities) return true;
    this.#predicting ??= this.#predictSteps(pictures);
    const done = forAWhile(this.#predicting);
    if (!done) return false;
    this.#predicting = null;
    this.#probabilities = done.value;
    return true;
  }

  *#predictSteps({ vectors, rows }: IndexedPictures): Generator<undefined, Float32Array> {
    const probabilities = new Float32Array(rows.length).fill(NaN);
    const probe = this.#probe;
    if (!probe) return probabilities;
    const ofRow = new Float32Array(vectors.rows);
    for (const { block, first } of vectors.blocks()) {
      ofRow.set(predictProbe(probe, block), first);
      yield;
    }
    rows.forEach((row, index) => {
      if (row >= 0) probabilities[index] = ofRow[row]!;
    });
    return probabilities;
  }

  /**
   * Predicts each labelled picture without its own label or those of its near-duplicates (out of fold), one fold per
   * call, to estimate the accuracy of the probe.
   *
   * @returns null until the last fold is done; an empty array if a class has too few labels
   */
  estimate(pictures: IndexedPictures, known: KnownGroups): Scored[] | null {
    if (!this.#estimate) {
      const indices = spread(learnable(pictures), MOST_ESTIMATED);
      const { matrix, labels } = training(pictures, indices);
      const groups = indices.map((index) => known.nameOf(pictures.table, index));
      this.#estimate = { steps: outOfFoldSteps(matrix, labels, groups), labels };
    }
    const { steps, labels } = this.#estimate;
    const step = steps.next();
    if (!step.done) return null;
    this.#estimate = null;
    const probabilities = step.value;
    return probabilities === null
      ? []
      : labels.map((label, row) => ({ probability: probabilities[row]!, label }));
  }
}

/** Indices of labelled pictures that have a vector, outside the test set. */
export function learnable({ table, rows }: IndexedPictures): number[] {
  const found: number[] = [];
  for (let index = 0; index < table.size; index++) {
    if (table.labels[index]! >= 0 && table.isTest[index] === 0 && rows[index]! >= 0) found.push(index);
  }
  return found;
}

function training({ table, rows, vectors }: IndexedPictures, indices: readonly number[]) {
  return {
    matrix: vectors.take(indices.map((index) => rows[index]!)),
    labels: indices.map((index) => table.labels[index] as 0 | 1),
  };
}
