import type { Recipe } from '../../shared/recipe.ts';
import { PRESET_IDS, recipeOfPreset, type Preset } from '../../shared/recipe/presets.ts';
import type { SplitCounts } from '../../shared/split.ts';
import { expectedMs, type TrainSpeed } from '../../shared/train-speed.ts';
import type { Client } from './client.ts';

/** How long each preset takes on this computer, by the runs that were trained on it. */
export class TrainTimes {
  /** By preset; nothing for those whose model was not trained here yet. */
  #speeds = $state.raw<Partial<Record<Preset, TrainSpeed>>>({});
  #asked = 0;

  constructor(private readonly client: Client) {}

  /**
   * @param recipe whose weights the presets keep
   * @param _dependsOn what else the speeds depend on, so that whoever calls this is called again when it changes
   */
  async refresh(recipe: Recipe | null, _dependsOn: readonly unknown[]): Promise<void> {
    const asked = ++this.#asked;
    if (!recipe) return;
    const known = await Promise.all(
      PRESET_IDS.map(async (id) => {
        const wanted = recipeOfPreset(id, recipe);
        return [id, await this.client.call('train.speed', { recipe: wanted }).catch(() => null)] as const;
      }),
    );
    if (asked !== this.#asked) return;
    this.#speeds = Object.fromEntries(known.flatMap(([id, speed]) => (speed ? [[id, speed]] : [])));
  }

  /** Milliseconds that a preset takes for these pictures; null where that is not known. */
  of(preset: Preset, recipe: Recipe, { train, validation }: SplitCounts): number | null {
    const speed = this.#speeds[preset];
    const pictures = { train: train[0] + train[1], validation: validation[0] + validation[1] };
    return speed ? expectedMs(recipeOfPreset(preset, recipe), speed, pictures) : null;
  }
}
