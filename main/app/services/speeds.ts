import { z } from 'zod';
import type { Recipe } from '../../../shared/recipe.ts';
import type { MeasuredIn, MeasuredSpeed, TrainSpeed } from '../../../shared/train-speed.ts';
import { loadWeights } from '../../model/weights/store.ts';
import type { JsonFile } from './json-file.ts';

const perPicture = z.number().nonnegative();

/** The last measured speed of each model that was trained on this computer. */
export const speedsSchema = z.record(
  z.string(),
  z.object({
    featuresMs: perPicture.nullable(),
    readMs: perPicture,
    stepMs: perPicture,
    otherMs: z.number().nonnegative(),
    measuredIn: z.enum(['run', 'sample']).default('run'),
  }),
);

/** The training speed of this computer, from runs of all projects and from samples before the first run. */
export class Speeds {
  constructor(private readonly file: JsonFile<typeof speedsSchema>) {}

  /** Stores the speed of a run. A run that read all features from the cache gives no speed of computing them. */
  keep(recipe: Recipe, fingerprint: string, speed: TrainSpeed, measuredIn: MeasuredIn = 'run'): void {
    const key = keyOf(recipe, fingerprint);
    const before = this.file.value[key];
    const featuresMs = speed.featuresMs ?? before?.featuresMs ?? null;
    this.file.set({ ...this.file.value, [key]: { ...speed, featuresMs, measuredIn } });
  }

  /** Stores the speed of a sample, unless a run was measured meanwhile. @throws TwofoldError if the weights are missing */
  async keepSample(recipe: Recipe, speed: TrainSpeed): Promise<void> {
    const { fingerprint } = await loadWeights(recipe.weights);
    if (!this.file.value[keyOf(recipe, fingerprint)]) this.keep(recipe, fingerprint, speed, 'sample');
  }

  /**
   * The speed for the model of a recipe; null if none was trained yet.
   *
   * @throws TwofoldError if its weights are missing
   */
  async of(recipe: Recipe): Promise<MeasuredSpeed | null> {
    const { fingerprint } = await loadWeights(recipe.weights);
    return this.file.value[keyOf(recipe, fingerprint)] ?? null;
  }
}

/** Everything that determines the speed. */
const keyOf = ({ cut, size, resize, units, batch }: Recipe, fingerprint: string): string =>
  [fingerprint.slice(0, 12), cut, size, resize, units.join('-'), batch].join(' ');
