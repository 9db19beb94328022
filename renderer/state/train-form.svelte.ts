import type { CallOutput } from '../../shared/contract.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Client } from './client.ts';
import { formOf, readForm, type FieldId, type FieldValue, type FormValues } from './train-fields.ts';

export type ModelSummary = CallOutput<'model.summary'> & {
  /** Of the recipe that it describes. */
  cut: string;
};

/** Typing is over when nothing was typed for so long; then the recipe is kept and its model described. */
const SETTLE_MS = 250;

/** The recipe that is being put together, remembered in the project whenever it is whole. */
export class TrainForm {
  values = $state.raw<FormValues | null>(null);
  defaults = $state.raw<Recipe | null>(null);
  cuts = $state.raw<string[]>([]);
  weights = $state.raw<CallOutput<'model.weights'>>([]);
  /** What the recipe makes; null while it is not known, or where the recipe makes nothing. */
  summary = $state.raw<ModelSummary | null>(null);
  /** Why layer and picture size do not go together. */
  modelError = $state<string | null>(null);
  readonly reading = $derived(this.values ? readForm(this.values) : { recipe: null, errors: {} });
  readonly isDefault = $derived(
    this.defaults !== null &&
      this.reading.recipe !== null &&
      JSON.stringify(formOf(this.defaults)) === JSON.stringify(formOf(this.reading.recipe)),
  );
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsaved: Recipe | null = null;

  constructor(private readonly client: Client) {}

  /** Shows the recipe of another project. */
  open(recipe: Recipe | null): void {
    clearTimeout(this.#timer);
    this.#unsaved = null;
    this.values = recipe && formOf(recipe);
    this.summary = null;
    this.modelError = null;
    if (recipe) void this.#load(recipe);
  }

  async #load(recipe: Recipe): Promise<void> {
    this.defaults ??= await this.client.call('train.defaults');
    if (this.cuts.length === 0) this.cuts = await this.client.call('model.cuts');
    this.weights = await this.client.call('model.weights');
    await this.#describe(recipe);
  }

  error(id: FieldId): string | null {
    return this.reading.errors[id] ?? (id === 'cut' ? this.modelError : null);
  }

  set(id: FieldId, value: FieldValue): void {
    if (!this.values) return;
    this.values = { ...this.values, [id]: value };
    this.#settleSoon();
  }

  /** Takes a whole recipe: the defaults, or that of an earlier run. */
  use(recipe: Recipe): void {
    this.values = formOf(recipe);
    this.#settleSoon();
  }

  reset(): void {
    if (this.defaults) this.use(this.defaults);
  }

  #settleSoon(): void {
    clearTimeout(this.#timer);
    const { recipe } = this.reading;
    // What was whole last is kept in any case.
    if (recipe) this.#unsaved = recipe;
    else this.summary = null;
    this.#timer = setTimeout(() => void this.flush(), SETTLE_MS);
  }

  /** Keeps what was typed last, now. */
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
