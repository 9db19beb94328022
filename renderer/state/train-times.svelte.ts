import { toFailure } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { PRESET_IDS, recipeOfPreset, type Preset } from '../../shared/recipe/presets.ts';
import type { SplitCounts } from '../../shared/split.ts';
import { expectedMs, type MeasuredSpeed } from '../../shared/train-speed.ts';
import type { Client } from './client.ts';

/** How long each preset takes on this computer, by the runs that were trained on it or by a short measurement. */
export class TrainTimes {
  /** By preset; nothing for those whose speed is not known yet. */
  #speeds = $state.raw<Partial<Record<Preset, MeasuredSpeed>>>({});
  /** A speed is being measured. */
  measuring = $state(false);
  /** Whether a time rests on a short measurement, not on a run. */
  readonly isEstimate = $derived(
    Object.values(this.#speeds).some(({ measuredIn }) => measuredIn === 'sample'),
  );
  /** Other work prevented or ended a measurement that nobody asked for; call `refresh` again once it is done. */
  isWaiting = $state(false);
  #asked = 0;
  /** Weights whose measurement failed, which is not repeated by itself. */
  readonly #failed: string[] = [];

  constructor(private readonly client: Client) {}

  /**
   * @param recipe whose weights the presets keep
   * @param mayMeasure whether a speed that is not known may be measured now
   * @param _dependsOn what else the speeds depend on, so that whoever calls this is called again when it changes
   */
  async refresh(recipe: Recipe | null, mayMeasure: boolean, _dependsOn: readonly unknown[]): Promise<void> {
    const asked = ++this.#asked;
    if (!recipe) return;
    const isKnown = await this.#read(recipe, asked);
    if (isKnown || asked !== this.#asked || !mayMeasure || this.#failed.includes(recipe.weights)) return;
    try {
      await this.measure(recipe);
      this.isWaiting = false;
    } catch (thrown) {
      const { code } = toFailure(thrown);
      // Cancelled: the project was closed.
      this.isWaiting = code === 'busy';
      if (code !== 'busy' && code !== 'cancelled') this.#failed.push(recipe.weights);
    }
  }

  /** Measures for some seconds, where nothing else runs. @throws TwofoldError why it could not */
  async measure(recipe: Recipe): Promise<void> {
    if (this.measuring) return;
    this.measuring = true;
    try {
      await this.client.call('train.measureSpeed', { recipe: recipeOfPreset('tutorial', recipe) });
    } finally {
      this.measuring = false;
    }
    await this.#read(recipe, ++this.#asked);
  }

  /** @returns whether the speed of a preset is known */
  async #read(recipe: Recipe, asked: number): Promise<boolean> {
    const known = await Promise.all(
      PRESET_IDS.map(async (id) => {
        const wanted = recipeOfPreset(id, recipe);
        return [id, await this.client.call('train.speed', { recipe: wanted }).catch(() => null)] as const;
      }),
    );
    const found = known.flatMap(([id, speed]) => (speed ? [[id, speed] as const] : []));
    if (asked === this.#asked) this.#speeds = Object.fromEntries(found);
    return found.length > 0;
  }

  /** Milliseconds that a preset takes for these pictures; null where that is not known. */
  of(preset: Preset, recipe: Recipe, { train, validation }: SplitCounts): number | null {
    const speed = this.#speeds[preset];
    const pictures = { train: train[0] + train[1], validation: validation[0] + validation[1] };
    return speed ? expectedMs(recipeOfPreset(preset, recipe), speed, pictures) : null;
  }
}
