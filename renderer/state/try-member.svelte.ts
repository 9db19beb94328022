import type { TriedPicture } from '../../shared/contract/predict.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import type { Picture } from '../../shared/library/pictures.ts';
import type { Client } from './client.ts';
import type { Library } from './library.svelte.ts';
import type { Notices } from './notices.svelte.ts';

type Token = Pick<TriedPicture, 'token'>;

/** The picture of the project that the tried picture is which is looked at. */
export class TryMember {
  #known = $state.raw<{ token: string; picture: Picture | null } | null>(null);
  #wanted: string | null = null;

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    library: Library,
  ) {
    library.labels.onStored((ids) => {
      const known = this.#known?.picture;
      if (known && ids.includes(known.id)) void this.#readAgain();
    });
    client.on('pictures.changed', () => void this.#readAgain());
  }

  /** For another project, or none. */
  open(): void {
    this.#known = null;
    this.#wanted = null;
  }

  /** Null where it is not in the project, undefined until that is known. Reactive. */
  of({ token }: Token): Picture | null | undefined {
    return this.#known?.token === token ? this.#known.picture : undefined;
  }

  /** Says which tried picture is looked at. */
  want({ token }: Token): void {
    if (token === this.#wanted) return;
    this.#wanted = token;
    void this.#readAgain();
  }

  /** The picture as it is now; null where it is not in the project. */
  async find({ token }: Token): Promise<Picture | null> {
    const picture = await this.notices.read(async () => {
      const { id } = await this.client.call('predict.inProject', { token });
      return id === null ? null : (await this.client.call('pictures.rows', { ids: [id] }))[0];
    });
    return picture ?? null;
  }

  /** Shows a label that is being stored. */
  note(id: number, label: LabelValue): void {
    if (this.#known?.picture?.id !== id) return;
    this.#known = { ...this.#known, picture: { ...this.#known.picture, label } };
  }

  async #readAgain(): Promise<void> {
    const token = this.#wanted;
    if (token === null) return;
    const picture = await this.find({ token });
    if (token === this.#wanted) this.#known = { token, picture };
  }
}
