import type { Ms } from '../../shared/progress.ts';

/** Batches that the rate is measured over: the speed of a machine often changes. */
const WINDOW_MS = 8000;

export interface EpochPlan {
  /** Epochs in total. */
  epochs: number;
  /** Training pictures in an epoch. */
  pictures: number;
  /** Epochs, from the first, that compute features which later ones read from the cache; Infinity if all compute them. */
  computing: number;
}

/** The epochs of a recipe that compute features: all with new augmentations, one for each kept variant, else none. */
export function computingEpochs({
  enabled,
  variants,
}: {
  enabled: boolean;
  variants: number;
}): EpochPlan['computing'] {
  if (!enabled) return 0;
  return variants === 0 ? Infinity : variants;
}

interface Mark {
  count: number;
  ms: Ms;
  computes: boolean;
}

/**
 * Estimates how long the epochs that are left take. The first batch of a process does not count: TensorFlow prepares its
 * graphs in it. Epochs that compute features and those that read them from the cache are measured apart, and validation
 * counts once an epoch. Saving does not: the first checkpoint takes longer than an epoch on cached features, and all of
 * them at most 5% of the time.
 */
export class TimeLeft {
  #marks: Mark[] = [];
  #at: Ms;
  #isFirst = true;
  /** Complete epochs, and pictures of the current one. */
  #epoch: number;
  #pictures = 0;
  /** Optimiser steps alone. */
  readonly #steps = { count: 0, ms: 0 };
  /** Cached validation pictures, read and predicted. */
  readonly #validated = { count: 0, ms: 0 };

  /**
   * @param epoch complete epochs so far
   * @param now working time, without pauses
   */
  constructor(
    private readonly plan: EpochPlan,
    epoch: number,
    now: Ms,
  ) {
    this.#epoch = epoch;
    this.#at = now;
  }

  /** A batch of `count` pictures is trained, of which the optimiser's step took `stepMs`. */
  batch(count: number, stepMs: Ms, now: Ms): void {
    const ms = now - this.#at;
    this.#at = now;
    this.#pictures += count;
    if (this.#isFirst) {
      this.#isFirst = false;
      return;
    }
    this.#steps.count += count;
    this.#steps.ms += stepMs;
    this.#marks.push({ count, ms, computes: this.#computes(this.#epoch + 1) });
    let sum = this.#marks.reduce((total, mark) => total + mark.ms, 0);
    while (this.#marks.length > 1 && sum - this.#marks[0]!.ms > WINDOW_MS) sum -= this.#marks.shift()!.ms;
  }

  /** The validation set was predicted. */
  validated(count: number, ms: Ms): void {
    this.#validated.count = count;
    this.#validated.ms = ms;
  }

  /** An epoch is complete and saved. */
  epoch(now: Ms): void {
    this.#at = now;
    this.#epoch++;
    this.#pictures = 0;
  }

  /** Null while nothing is measured yet. */
  get ms(): Ms | null {
    const { epochs, pictures } = this.plan;
    let left = this.#validated.ms * (epochs - this.#epoch);
    for (const computes of [true, false]) {
      const count =
        this.#epochsLeft(computes) * pictures -
        (this.#computes(this.#epoch + 1) === computes ? this.#pictures : 0);
      if (count <= 0) continue;
      const rate = this.#msPerPicture(computes);
      if (rate === null) return null;
      left += count * rate;
    }
    return left;
  }

  /** Milliseconds per picture that were measured so far; null where nothing was. */
  get rates(): { computing: Ms | null; step: Ms | null; validation: Ms | null } {
    return {
      computing: perPicture(this.#marks.filter(({ computes }) => computes)),
      step: perPicture([this.#steps]),
      validation: perPicture([this.#validated]),
    };
  }

  #computes(epoch: number): boolean {
    return epoch <= this.plan.computing;
  }

  /** The current epoch counts whole. */
  #epochsLeft(computes: boolean): number {
    const computing = Math.max(0, Math.min(this.plan.epochs, this.plan.computing) - this.#epoch);
    return computes ? computing : this.plan.epochs - this.#epoch - computing;
  }

  #msPerPicture(computes: boolean): Ms | null {
    const measured = perPicture(this.#marks.filter((mark) => mark.computes === computes));
    if (measured !== null || computes) return measured;
    // Nothing was read from the cache yet but the validation set.
    const step = perPicture([this.#steps]);
    return step === null ? null : step + (perPicture([this.#validated]) ?? 0);
  }
}

function perPicture(marks: readonly { count: number; ms: Ms }[]): Ms | null {
  const count = marks.reduce((sum, mark) => sum + mark.count, 0);
  return count === 0 ? null : marks.reduce((sum, mark) => sum + mark.ms, 0) / count;
}
