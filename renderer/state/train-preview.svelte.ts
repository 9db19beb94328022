import type { AugmentationPreview } from '../../shared/contract/pictures.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Client } from './client.ts';

/** Variations shown beside the original. */
export const PREVIEW_VARIANTS = 7;
const MAX_SEED = 0xffff_ffff;
/** Larger inputs are scaled down for the preview; the transforms are relative to the size. */
const MAX_SIZE_PX = 299;

/** One of the project's pictures as training sees it. */
export class TrainPreview {
  picture = $state.raw<Picture | null>(null);
  drawn = $state.raw<AugmentationPreview | null>(null);
  error = $state<string | null>(null);
  /** Whether it is known if there is a picture. */
  looked = $state(false);
  /** The seed stays the same while the recipe changes, so that only the change is visible. */
  seed = $state(1);
  #ids: Uint32Array = new Uint32Array();
  #at = 0;
  #wanted = 0;

  constructor(private readonly client: Client) {}

  /** Chooses a random picture, preferably one that is trained on. */
  async load(): Promise<void> {
    for (const kind of ['trainable', 'all'] as const) {
      this.#ids = await this.client.call('pictures.ids', { filter: { kind } });
      if (this.#ids.length > 0) break;
    }
    this.#at = Math.floor(Math.random() * this.#ids.length);
    await this.#show();
    this.looked = true;
  }

  newVariations(): void {
    this.seed = (this.seed + 1) % MAX_SEED;
  }

  async nextPicture(): Promise<void> {
    // A random one, since neighbouring pictures often look alike.
    this.#at = (this.#at + 1 + Math.floor(Math.random() * this.#ids.length)) % Math.max(1, this.#ids.length);
    await this.#show();
  }

  async #show(): Promise<void> {
    const id = this.#ids[this.#at];
    const [picture] = id === undefined ? [] : await this.client.call('pictures.rows', { ids: [id] });
    this.picture = picture ?? null;
  }

  /** Draws the variations; of several requests in progress only the last is shown. */
  async draw({ id }: Picture, { augmentation, size, resize, bits16 }: Recipe, seed: number): Promise<void> {
    const mine = ++this.#wanted;
    const count = augmentation.enabled ? PREVIEW_VARIANTS : 1;
    try {
      const sizePx = Math.min(size, MAX_SIZE_PX);
      const drawn = await this.client.call('pictures.previewAugmentation', {
        id,
        augmentation,
        sizePx,
        resize,
        bits16,
        count,
        seed,
      });
      if (mine !== this.#wanted) return;
      this.drawn = drawn;
      this.error = null;
    } catch (thrown) {
      if (mine === this.#wanted) this.error = toFailure(thrown).message;
    }
  }
}
