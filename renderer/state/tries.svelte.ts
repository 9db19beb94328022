import type { ProjectInfo } from '../../shared/contract/project.ts';
import type { TriedPicture } from '../../shared/contract/predict.ts';
import { swapThreshold } from '../../shared/swap.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { Runs } from './runs.svelte.ts';
import { Task } from './task.svelte.ts';

export type TrySort = 'added' | 'name' | 'probability' | 'uncertain';

/** The threshold is kept when the slider has been still for so long. */
const SETTLE_MS = 300;

/** Pictures that were tried in this session, and what a run says of them. */
export class Tries extends Task<'predict'> {
  /** In the order in which they were given. */
  pictures = $state.raw<readonly TriedPicture[]>([]);
  sort = $state<TrySort>('added');
  descending = $state(false);
  /** A probability of the second class above it is the second class. */
  threshold = $state(0.5);
  selectedToken = $state<string | null>(null);
  #runId = $state<string | null>(null);
  #askedId = $state<string | null>(null);
  /** Whether nothing of what is being tried has been shown yet. */
  #isFresh = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * The run that is asked: the one chosen, else the one that gave the answers on the screen (a run that ends meanwhile must
   * not be taken for their author), else the newest with a model.
   */
  readonly run = $derived.by(() => {
    const { usable } = this.runs;
    const wanted = this.#runId ?? (this.pictures.length > 0 ? this.#askedId : null);
    return usable.find(({ id }) => id === wanted) ?? usable[0] ?? null;
  });
  readonly sorted = $derived(sortTries(this.pictures, this.sort, this.descending, this.threshold));
  readonly selected = $derived(
    this.pictures.find(({ token }) => token === this.selectedToken) ?? this.sorted[0] ?? null,
  );

  constructor(
    client: Client,
    notices: Notices,
    private readonly runs: Runs,
  ) {
    super(client, notices, 'predict', 'Pictures are being tried. Wait until that is done, or cancel it.');
    client.on('predict.some', (some) => {
      if (this.running) this.#take(some);
    });
  }

  open(project: ProjectInfo | null): void {
    this.forget();
    // Else it would be kept with the project that is opened.
    clearTimeout(this.#timer);
    this.pictures = [];
    this.selectedToken = null;
    this.#runId = null;
    this.#timer = undefined;
    this.threshold = project?.settings.threshold ?? 0.5;
    if (project) void this.#adopt();
  }

  /** After the project's threshold changed, here or elsewhere; a hand that is on the slider goes before. */
  adoptThreshold(threshold: number): void {
    if (this.#timer === undefined) this.threshold = threshold;
  }

  /** After the classes changed places: what was answered before is about the other one. */
  swapIndices(): void {
    if (this.#timer !== undefined) this.threshold = swapThreshold(this.threshold);
    this.pictures = this.pictures.map((picture) => ({
      ...picture,
      probability: picture.probability === null ? null : 1 - picture.probability,
    }));
  }

  async #adopt(): Promise<void> {
    const done = await this.adopt(
      () => this.client.call('predict.state'),
      ({ run }) => {
        this.#ask(run);
        return this.client.call('predict.result');
      },
    );
    if (done) this.#take(done.pictures);
  }

  #ask(run: string): void {
    this.#askedId = run;
    this.#isFresh = true;
  }

  /** Asks the run about pictures, and all pictures in folders. */
  async start(paths: readonly string[]): Promise<void> {
    const { run } = this;
    if (paths.length === 0 || !run) return;
    const done = await this.perform(() => {
      this.#ask(run.id);
      return this.client.call('predict.start', { run: run.id, paths: [...paths] });
    });
    if (done) this.#take(done.pictures);
    if (done?.pictures.length === 0) this.notices.say('There is no picture in what you chose.');
  }

  /** Tries a picture that has no file: one from the clipboard. */
  async paste(picture: Blob): Promise<void> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const pasted = await this.notices.attempt(() => this.client.call('predict.paste', { bytes }));
    if (pasted) await this.start([pasted.path]);
  }

  /** Asks another run, about the same pictures. */
  async choose(runId: string): Promise<void> {
    this.#runId = runId;
    await this.start(this.pictures.map(({ path }) => path));
  }

  clear(): void {
    this.pictures = [];
    this.selectedToken = null;
  }

  setThreshold(threshold: number): void {
    this.threshold = threshold;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const settings = { threshold: this.threshold };
      void this.notices.attempt(() => this.client.call('project.setSettings', { settings }));
    }, SETTLE_MS);
  }

  /** Sorts by this, or the other way round where it is sorted by it already. */
  sortBy(sort: TrySort): void {
    this.descending = this.sort === sort ? !this.descending : sort === 'probability';
    this.sort = sort;
  }

  async saveCsv(): Promise<void> {
    const { run, threshold } = this;
    if (!run) return;
    const predictions = this.sorted.map(({ path, probability, error }) => ({ path, probability, error }));
    const saved = await this.notices.attempt(() =>
      this.client.call('predict.saveCsv', { classes: run.classes, threshold, predictions }),
    );
    if (saved) this.notices.say(`Saved to ${saved.path}`);
  }

  /** New answers take the place of old ones about the same file. */
  #take(some: readonly TriedPicture[]): void {
    const known = Object.fromEntries(this.pictures.map((picture) => [picture.token, picture]));
    const isNew = some.find(({ token }) => !(token in known));
    for (const picture of some) known[picture.token] = picture;
    this.pictures = Object.values(known);
    if (!isNew || !this.#isFresh) return;
    this.#isFresh = false;
    this.selectedToken = isNew.token;
  }
}

/** In the wanted order; pictures that could not be read come last either way. */
export function sortTries(
  pictures: readonly TriedPicture[],
  sort: TrySort,
  descending: boolean,
  threshold: number,
): readonly TriedPicture[] {
  if (sort === 'added') return descending ? [...pictures].reverse() : pictures;
  const sign = descending ? -1 : 1;
  const key = ({ probability }: TriedPicture): number =>
    sort === 'uncertain' ? Math.abs(probability! - threshold) : probability!;
  return [...pictures].sort((a, b) => {
    if (sort === 'name') return sign * a.name.localeCompare(b.name, undefined, { numeric: true });
    if (a.probability === null || b.probability === null) {
      return Number(a.probability === null) - Number(b.probability === null);
    }
    return sign * (key(a) - key(b));
  });
}
