import type { AugmentationPreview } from '../../shared/contract/pictures.ts';
import { toFailure } from '../../shared/errors.ts';
import type { Picture } from '../../shared/library.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { Client } from './client.ts';

/** Variants that are shown beside the picture itself. */
export const PREVIEW_VARIANTS = 7;
const MAX_SEED = 0xffff_ffff;
/** Larger pictures are shown smaller anyway; the transforms are relative to the size. */
const MAX_SIZE_PX = 299;

/** What training sees of one of the person's own pictures. */
export class TrainPreview {
  picture = $state.raw<Picture | null>(null);
  drawn = $state.raw<AugmentationPreview | null>(null);
  error = $state<string | null>(null);
  /** False until it is known whether there is a picture. */
  looked = $state(false);
  /** The draw stays while the recipe is changed, so that only the change is seen. */
  seed = $state(1);
  #ids: Uint32Array = new Uint32Array();
  #at = 0;
  #wanted = 0;

  constructor(private readonly client: Client) {}

  /** Takes any picture of the project: one to train on where there is one. */
  async load(): Promise<void> {
    for (const kind of ['trainable', 'all'] as const) {
      this.#ids = await this.client.call('pictures.ids', { filter: { kind } });
      if (this.#ids.length > 0) break;
    }
    this.#at = Math.floor(Math.random() * this.#ids.length);
    await this.#show();
    this.looked = true;
  }

  drawAgain(): void {
    this.seed = (this.seed + 1) % MAX_SEED;
  }

  async nextPicture(): Promise<void> {
    // Far from this one, since neighbours often show the same thing.
    this.#at = (this.#at + 1 + Math.floor(Math.random() * this.#ids.length)) % Math.max(1, this.#ids.length);
    await this.#show();
  }

  async #show(): Promise<void> {
    const id = this.#ids[this.#at];
    const [picture] = id === undefined ? [] : await this.client.call('pictures.rows', { ids: [id] });
    this.picture = picture ?? null;
  }

  /** Draws the variants; of several wishes under way only the last is shown. */
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
