import { outOfFoldSteps } from '../../insight/out-of-fold.ts';
import { curvatureOf, fitProbeSteps, predictProbe, type Probe } from '../../insight/probe.ts';
import { spread } from '../../support/spread.ts';
import { SharedSteps, type Steps } from '../../support/steps.ts';
import { FEWEST_LABELS, MOST_LABELS } from '../suggest.ts';
import type { IndexedPictures } from './indexed-pictures.ts';
import type { KnownGroups } from './known-groups.ts';

/** Maximum number of labels for the out-of-fold estimate, which fits five probes. */
const MOST_ESTIMATED = 2000;

/** Passes from which on a fit is worth the curvature, which takes as long as about 150. */
const MANY_PASSES = 6;
/** Fits to fewer labels are fast without it. */
const FEWEST_FOR_CURVATURE = 200;
/** Share of the labels that must be new before it is computed again. */
const NEW_SHARE = 0.1;

interface Scored {
  probability: number;
  label: 0 | 1;
}

/** Pictures with the probability of class 1 of each, in the order of their table; NaN where it is not known. */
export interface PredictedPictures {
  pictures: IndexedPictures;
  probabilities: Float32Array;
}

/** The probe fitted to the labels so far, with its predictions. */
export class LabelProbe {
  /** Number of labels of each class that the probe may be fitted to. */
  labels: [number, number] = [0, 0];
  #probe: Probe | null = null;
  /** Incremented by each fit. */
  #fits = 0;
  /** Incremented when the probe is discarded. */
  #resets = 0;
  /** Number of labels when the curvature was computed. */
  #curvatureOf = 0;
  /** Of all pictures, by the current probe; null until someone asks. */
  #predicting: SharedSteps<PredictedPictures> | null = null;

  /** Discards the probe, because the classes were swapped or the vectors are of another model. */
  reset(): void {
    this.#resets++;
    this.#curvatureOf = 0;
    this.#probe = null;
    this.#predicting = null;
  }

  /** Fits the probe to the labels outside the test set. A fit that begins before this one ends takes its place. */
  *fit(pictures: IndexedPictures): Steps<void> {
    const fit = ++this.#fits;
    const known = this.count(pictures);
    this.#predicting = null;
    if (Math.min(...this.labels) < FEWEST_LABELS) {
      this.#probe = null;
      return;
    }
    yield;
    const { matrix, labels } = training(pictures, spread(known, MOST_LABELS));
    yield;
    const probe = yield* fitProbeSteps(matrix, labels, undefined, this.#probe);
    if (fit !== this.#fits) return;
    this.#probe = probe;
    this.#predicting = null;
  }

  /**
   * Makes the next fits faster if the last one took many passes, as with real photographs, whose vectors are strongly
   * correlated.
   */
  *prepare(pictures: IndexedPictures): Steps<null> {
    const [probe, resets] = [this.#probe, this.#resets];
    const known = spread(learnable(pictures), MOST_LABELS);
    const isNew = Math.abs(known.length - this.#curvatureOf) > NEW_SHARE * known.length;
    if (!probe || probe.passes < MANY_PASSES || known.length < FEWEST_FOR_CURVATURE || !isNew) return null;
    this.#curvatureOf = known.length;
    const { matrix } = training(pictures, known);
    yield;
    const factor = yield* curvatureOf(probe, matrix);
    if (resets === this.#resets && this.#probe) this.#probe = { ...this.#probe, factor };
    return null;
  }

  /** Counts the labels that it may learn from. @returns their indices in the table */
  count(pictures: IndexedPictures): number[] {
    const known = learnable(pictures);
    let ones = 0;
    for (const index of known) ones += pictures.table.labels[index]!;
    this.labels = [known.length - ones, ones];
    return known;
  }

  /** Probability of class 1 of the picture at an index of the table; NaN without a vector or a probe. */
  at({ vectors, rows }: IndexedPictures, index: number): number {
    const row = rows[index] ?? -1;
    return this.#probe && row >= 0 ? predictProbe(this.#probe, vectors.take([row]))[0]! : NaN;
  }

  /** Predicts every picture with the labels so far, once for all who ask before the next label. */
  all(pictures: IndexedPictures): Steps<PredictedPictures> {
    this.#predicting ??= new SharedSteps(predictAll(this.#probe, pictures));
    return this.#predicting.wait();
  }

  /**
   * Predicts each labelled picture without its own label or those of its near-duplicates (out of fold), to estimate the
   * accuracy of the probe.
   *
   * @returns an empty array if a class has too few labels
   */
  *estimate(pictures: IndexedPictures, known: KnownGroups): Steps<Scored[]> {
    const indices = spread(learnable(pictures), MOST_ESTIMATED);
    const { matrix, labels } = training(pictures, indices);
    const groups = indices.map((index) => known.nameOf(pictures.table, index));
    yield;
    const probabilities = yield* outOfFoldSteps(matrix, labels, groups);
    return probabilities === null
      ? []
      : labels.map((label, row) => ({ probability: probabilities[row]!, label }));
  }
}

function* predictAll(probe: Probe | null, pictures: IndexedPictures): Steps<PredictedPictures> {
  const { vectors, rows } = pictures;
  const probabilities = new Float32Array(rows.length).fill(NaN);
  if (!probe) return { pictures, probabilities };
  const ofRow = new Float32Array(vectors.rows);
  for (const { block, first } of vectors.blocks()) {
    ofRow.set(predictProbe(probe, block), first);
    yield;
  }
  for (let index = 0; index < rows.length; index++) {
    if (rows[index]! >= 0) probabilities[index] = ofRow[rows[index]!]!;
  }
  return { pictures, probabilities };
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
