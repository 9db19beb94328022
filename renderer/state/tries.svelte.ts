import { calibrated } from '../../shared/calibrated.ts';
import type { ExamplePicture, TriedPicture } from '../../shared/contract/predict.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import type { Runs } from './runs.svelte.ts';
import { Task } from './task.svelte.ts';

export type TrySort = 'added' | 'name' | 'probability' | 'uncertain';

/** The pictures classified in this session, with a run's predictions. */
export class Tries extends Task<'predict'> {
  /** As they were predicted, at `#temperature`. */
  #predicted = $state.raw<readonly TriedPicture[]>([]);
  /** What is offered to be tried: the sample's unseen pictures. */
  examples = $state.raw<readonly ExamplePicture[]>([]);
  sort = $state<TrySort>('added');
  descending = $state(false);
  selectedToken = $state<string | null>(null);
  /** The selected picture is shown over the whole window. */
  enlarged = $state(false);
  /** The run that predicted what is shown, and its temperature then. */
  #runId = $state<string | null>(null);
  #temperature = $state(1);
  /** Whether none of the predictions asked for last has arrived yet. */
  #isFresh = false;

  /** The run that predicted what is shown, also when another is chosen meanwhile; the chosen one where nothing is shown. */
  readonly run = $derived.by(() => {
    const author = this.runs.usable.find(({ id }) => id === this.#runId);
    return (this.#predicted.length > 0 ? author : undefined) ?? this.project.run;
  });
  /** In the order in which they were given, with the run's present calibration. */
  readonly pictures = $derived.by(() => {
    const ratio = (this.run?.temperature ?? 1) / this.#temperature;
    if (ratio === 1) return this.#predicted;
    return this.#predicted.map((one) => ({
      ...one,
      probability: one.probability === null ? null : calibrated(one.probability, ratio),
    }));
  });
  /** Of the run: when it answers "unsure". */
  readonly rule = $derived(this.run?.unsure ?? null);
  readonly sorted = $derived.by(() =>
    sortTries(this.pictures, this.sort, this.descending, this.project.threshold),
  );
  readonly selected = $derived(
    this.pictures.find(({ token }) => token === this.selectedToken) ?? this.sorted[0] ?? null,
  );

  constructor(
    client: Client,
    notices: Notices,
    private readonly project: ProjectState,
    private readonly runs: Runs,
  ) {
    super(client, notices, 'predict', 'Pictures are being tried. Wait until that is done, or cancel it.');
    client.on('predict.some', (some) => {
      if (this.running) this.#take(some);
    });
  }

  open(isProject: boolean): void {
    this.forget();
    this.clear();
    this.#runId = null;
    this.examples = [];
    if (!isProject) return;
    void this.#adopt();
    void this.#readExamples();
  }

  /** After the classes changed places: earlier probabilities are of the other class. */
  swapIndices(): void {
    this.#predicted = this.#predicted.map((picture) => ({
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

  async #readExamples(): Promise<void> {
    const examples = await this.notices.read(() => this.client.call('predict.examples'));
    if (examples) this.examples = examples;
  }

  #ask(run: string): void {
    this.#runId = run;
    this.#temperature = this.runs.list.find(({ id }) => id === run)?.temperature ?? 1;
    this.#isFresh = true;
  }

  /** Classifies pictures, and all pictures in folders. */
  async start(paths: readonly string[], run = this.run): Promise<void> {
    if (paths.length === 0 || !run) return;
    const done = await this.perform(() => {
      this.#ask(run.id);
      return this.client.call('predict.start', { run: run.id, paths: [...paths] });
    });
    if (done) this.#take(done.pictures);
    if (done?.pictures.length === 0) this.notices.say('There are no pictures in what you chose.');
  }

  /** Classifies a picture without a file: one from the clipboard. */
  async paste(picture: Blob): Promise<void> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const pasted = await this.notices.attempt(() => this.client.call('predict.paste', { bytes }));
    if (pasted) await this.start([pasted.path]);
  }

  /** Classifies the same pictures with the chosen run, where another one did. */
  async again(): Promise<void> {
    const { run } = this.project;
    if (run?.id === this.run?.id) return;
    await this.start(
      this.pictures.map(({ path }) => path),
      run,
    );
  }

  /** Removes a picture from the list; the next one is selected. */
  remove(token: string): void {
    const at = this.sorted.findIndex((one) => one.token === token);
    const next = this.sorted[at + 1] ?? this.sorted[at - 1];
    this.#predicted = this.#predicted.filter((one) => one.token !== token);
    this.selectedToken = next?.token ?? null;
    if (!next) this.enlarged = false;
  }

  /** Looks at the next or the previous picture of the list. */
  step(by: 1 | -1): void {
    const next = this.sorted[this.sorted.findIndex(({ token }) => token === this.selected?.token) + by];
    if (next) this.selectedToken = next.token;
  }

  clear(): void {
    this.#predicted = [];
    this.selectedToken = null;
    this.enlarged = false;
  }

  /** Sorts by this, or in the opposite direction where it already does. */
  sortBy(sort: TrySort): void {
    this.descending = this.sort === sort ? !this.descending : sort === 'probability';
    this.sort = sort;
  }

  async saveCsv(): Promise<void> {
    const { classNames, threshold } = this.project;
    const predictions = this.sorted.map(({ path, probability, error }) => ({ path, probability, error }));
    const saved = await this.notices.attempt(() =>
      this.client.call('predict.saveCsv', {
        classes: [...classNames],
        threshold,
        unsure: this.rule,
        predictions,
      }),
    );
    if (saved) this.notices.say(`Saved to ${saved.path}`);
  }

  /** New predictions replace earlier ones of the same file. */
  #take(some: readonly TriedPicture[]): void {
    const known = Object.fromEntries(this.#predicted.map((picture) => [picture.token, picture]));
    const isNew = some.find(({ token }) => !(token in known));
    for (const picture of some) known[picture.token] = picture;
    this.#predicted = Object.values(known);
    if (!isNew || !this.#isFresh) return;
    this.#isFresh = false;
    this.selectedToken = isNew.token;
  }
}

/** In the wanted order; unreadable pictures come last in both directions. */
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
