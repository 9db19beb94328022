import type { CallOutput } from '../../shared/contract.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Recipe, RecipeKey } from '../../shared/recipe.ts';
import { presetOf, recipeOfPreset, type Preset } from '../../shared/recipe/presets.ts';
import { swapRecipe } from '../../shared/swap.ts';
import type { Client } from './client.ts';
import { formOf, readForm, type FieldValue, type FormValues } from './train-fields.ts';

export type ModelSummary = CallOutput<'model.summary'> & {
  /** Of the recipe that it describes. */
  cut: string;
};

/** How long after the last keystroke the recipe is stored and its model described. */
const SETTLE_MS = 250;

/** The recipe of the next run, stored in the project whenever all of it is valid. */
export class TrainForm {
  values = $state.raw<FormValues | null>(null);
  cuts = $state.raw<string[]>([]);
  weights = $state.raw<CallOutput<'model.weights'>>([]);
  /** The model of the recipe; null while it is unknown, or where the recipe has none. */
  summary = $state.raw<ModelSummary | null>(null);
  /** Why the layer does not exist at this input size. */
  modelError = $state<string | null>(null);
  readonly reading = $derived(this.values ? readForm(this.values) : { recipe: null, errors: {} });
  /** The preset that the recipe is; null where it is none. */
  readonly preset = $derived(this.reading.recipe && presetOf(this.reading.recipe));
  /** Whether all settings are shown. */
  isAdvanced = $state(false);
  /** The last recipe without an error. */
  #valid: Recipe | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsaved: Recipe | null = null;

  constructor(private readonly client: Client) {}

  /** Shows the recipe of a project. */
  open(recipe: Recipe | null): void {
    clearTimeout(this.#timer);
    this.#unsaved = null;
    this.#valid = recipe;
    this.values = recipe && formOf(recipe);
    this.summary = null;
    this.modelError = null;
    if (recipe) void this.#load(recipe);
  }

  async #load(recipe: Recipe): Promise<void> {
    if (this.cuts.length === 0) this.cuts = await this.client.call('model.cuts');
    this.weights = await this.client.call('model.weights');
    await this.#describe(recipe);
  }

  /** Chooses weights that were imported. */
  async chooseImported(name: string): Promise<void> {
    this.weights = await this.client.call('model.weights');
    this.set('weights', name);
  }

  error(id: RecipeKey): string | null {
    return this.reading.errors[id] ?? (id === 'cut' ? this.modelError : null);
  }

  set(id: RecipeKey, value: FieldValue): void {
    if (!this.values) return;
    this.values = { ...this.values, [id]: value };
    this.#settleSoon();
  }

  /** Takes a whole recipe, such as that of an earlier run. */
  use(recipe: Recipe): void {
    this.values = formOf(recipe);
    this.#settleSoon();
  }

  /** Follows a swap of the classes, which the project's settings have followed already. */
  swapClasses(): void {
    if (!this.values) return;
    const classWeights = String(this.values.classWeights).split(':').reverse().join(':');
    this.values = { ...this.values, classWeights };
    this.#valid &&= swapRecipe(this.#valid);
    this.#unsaved &&= swapRecipe(this.#unsaved);
  }

  usePreset(preset: Preset): void {
    if (this.#valid) this.use(recipeOfPreset(preset, this.#valid));
  }

  #settleSoon(): void {
    clearTimeout(this.#timer);
    const { recipe } = this.reading;
    if (recipe) this.#valid = this.#unsaved = recipe;
    else this.summary = null;
    this.#timer = setTimeout(() => void this.flush(), SETTLE_MS);
  }

  /** Stores what was typed last, now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const recipe = this.#unsaved;
    this.#unsaved = null;
    if (!recipe) return;
    await this.client.call('project.setSettings', { settings: { recipe } });
    await this.#describe(recipe);
  }

  async #describe(recipe: Recipe): Promise<void> {
    try {
      const summary = await this.client.call('model.summary', { recipe });
      this.summary = this.reading.recipe ? { ...summary, cut: recipe.cut } : null;
      this.modelError = null;
    } catch (thrown) {
      this.summary = null;
      this.modelError = toFailure(thrown).message;
    }
  }
}
