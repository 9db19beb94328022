import type { EventPayload } from '../../shared/contract.ts';
import type { TrainSeries } from '../../shared/contract/train.ts';
import type { ProjectInfo } from '../../shared/contract/project.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { trainingCounts, type LibraryCounts } from '../../shared/library/pictures.ts';
import { formatCount, formatPercent } from '../../shared/format.ts';
import { freshRun, withEvent, type LiveRun, type SeenEpoch } from '../../shared/live-run.ts';
import { missingWords } from '../lib/missing-words.ts';
import { wrongCount } from '../lib/run-words.ts';
import type { Place } from '../../shared/places.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import type { ProjectState } from './project.svelte.ts';
import { nameOfRun, type Runs } from './runs.svelte.ts';
import { TrainForm } from './train-form.svelte.ts';
import { TrainTimes } from './train-times.svelte.ts';
import { TrainSplit } from './train-split.svelte.ts';

const APPLY_EVERY_MS = 100;

/** Training: the recipe, the run under way, and why none can be started. */
export class Train {
  readonly form: TrainForm;
  readonly split: TrainSplit;
  readonly times: TrainTimes;
  live = $state.raw<LiveRun | null>(null);
  /** Runs of one recipe with several seeds; null unless such a series is being trained. */
  series = $state.raw<TrainSeries | null>(null);
  /** Asked for, not yet begun. */
  starting = $state(false);
  tab = $state<'recipe' | 'runs'>('recipe');
  readonly phase = $derived(this.live?.phase ?? null);
  /** Why training cannot start now; null where it can. */
  readonly refusal = $derived.by(() =>
    refusal(this.project.counts, this.form.reading.recipe !== null && this.form.modelError === null),
  );
  /** Events that are not yet applied. */
  readonly #heard: EventPayload<'train.event'>[] = [];
  #appliedAtMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Epochs of a run that goes on, until its first event is there. */
  #history: { runId: string; epochs: readonly SeenEpoch[] } | null = null;

  /**
   * @param place which place is shown: in Train no notice is needed
   * @param useRun goes to a place, with a run chosen there
   */
  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
    private readonly project: ProjectState,
    private readonly runs: Runs,
    private readonly place: () => Place,
    private readonly useRun: (run: string, place: Place) => void,
  ) {
    this.form = new TrainForm(client);
    this.split = new TrainSplit(client);
    this.times = new TrainTimes(client);
    client.on('train.event', (told) => this.#hear(told));
    client.on('train.finished', (told) => this.#finish(told));
    client.on('train.seriesChanged', (told) => void this.#follow(told));
  }

  open(project: ProjectInfo | null): void {
    this.#heard.length = 0;
    this.live = null;
    this.series = null;
    this.#history = null;
    this.tab = 'recipe';
    this.split.open();
    this.form.open(project?.settings.recipe ?? null);
    if (project) void this.#adopt();
  }

  /** @param seeds how many runs, which differ in the random seed */
  async start(seeds = 1): Promise<void> {
    const { recipe } = this.form.reading;
    if (!recipe) return;
    await this.#start(async () => {
      await this.form.flush();
      return this.client.call('train.start', { recipe, seeds });
    });
  }

  /** Resumes a run that was stopped, failed or crashed. */
  async continue(run: string): Promise<void> {
    await this.#start(async () => {
      this.#history = { runId: run, epochs: await this.runs.reload(run) };
      return this.client.call('train.continue', { run });
    });
  }

  async #start(begin: () => Promise<{ id: string }>): Promise<void> {
    this.starting = true;
    try {
      const run = await this.notices.attempt(begin);
      if (!run) return;
      // It may have ended already, or been heard of before this answer came.
      await this.runs.refresh();
      this.runs.select(run.id);
      this.tab = 'runs';
      await this.#adopt();
    } finally {
      this.starting = false;
    }
  }

  pause(): Promise<unknown> {
    this.#setPhase('pausing');
    return this.notices.attempt(() => this.client.call('train.pause'));
  }

  resume(): Promise<unknown> {
    this.#setPhase('running');
    return this.notices.attempt(() => this.client.call('train.resume'));
  }

  stop(): Promise<unknown> {
    this.#setPhase('stopping');
    return this.notices.attempt(() => this.client.call('train.stop'));
  }

  #setPhase(phase: LiveRun['phase']): void {
    if (this.live) this.live = { ...this.live, phase };
  }

  /** Finds training that runs already: the window came later, or was opened anew. */
  async #adopt(): Promise<void> {
    const [state, series] = await Promise.all([
      this.client.call('train.state'),
      this.client.call('train.series'),
    ]);
    this.series = series;
    if (!state || this.live) return;
    const epochs = await this.client.call('runs.epochs', { run: state.runId });
    // What was heard while asking is newer.
    this.#apply();
    this.live ??= { ...state, epochs };
    this.tab = 'runs';
    this.runs.select(state.runId);
  }

  /** Takes what comes at most ten times a second: a small head has hundreds of batches in that time, and each is drawn. */
  #hear(told: EventPayload<'train.event'>): void {
    this.#heard.push(told);
    const sinceMs = performance.now() - this.#appliedAtMs;
    if (sinceMs >= APPLY_EVERY_MS) this.#apply();
    else this.#timer ??= setTimeout(() => this.#apply(), APPLY_EVERY_MS - sinceMs);
  }

  #apply(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#appliedAtMs = performance.now();
    let { live } = this;
    for (const { runId, event } of this.#heard.splice(0)) {
      live = withEvent(live?.runId === runId ? live : this.#freshRun(runId), event);
    }
    this.live = live;
  }

  #freshRun(runId: string): LiveRun {
    const epochs = this.#history?.runId === runId ? this.#history.epochs : [];
    this.#history = null;
    return freshRun(runId, epochs);
  }

  async #follow({ series, error }: EventPayload<'train.seriesChanged'>): Promise<void> {
    this.series = series;
    if (error) this.notices.fail(new TwofoldError(error.code, error.message), 'train.start');
    const latest = series?.runs.at(-1);
    // The first one is shown by `start`.
    if (latest === undefined || series?.runs.length === 1) return;
    await this.runs.refresh();
    this.runs.select(latest);
  }

  #finish({ run, result, error }: EventPayload<'train.finished'>): void {
    this.#apply();
    if (this.live?.runId === run.id) {
      this.runs.keep(run.id, this.live.epochs);
      this.live = null;
    }
    const isLast = !this.series || this.series.runs.length === this.series.total;
    if (this.place() === 'train' || (result && !isLast)) return;
    if (error) this.notices.fail(new TwofoldError(error.code, error.message), 'train.start');
    else if (result) {
      const wrong = wrongCount(run);
      this.notices.say(
        `${nameOfRun(run)} is trained: accuracy ${formatPercent(result.evaluation.accuracy.value)} on the validation set.`,
        [
          { label: wrong ? `Review the ${formatCount(wrong)} wrong` : 'Review', place: 'review' as const },
          { label: 'Try a picture', place: 'try' as const },
          { label: 'Export', place: 'export' as const },
        ].map(({ label, place }) => ({ label, act: () => this.useRun(run.id, place) })),
      );
    }
  }
}

function refusal(counts: LibraryCounts | null, isRecipeValid: boolean): string | null {
  if (!counts) return 'Counting the labels…';
  const [zero, one] = trainingCounts(counts);
  if (counts.trainableMissing > 0 && counts.trainableMissing === zero + one) return missingWords(counts);
  if (zero + one === 0) {
    return counts.testClasses[0] + counts.testClasses[1] > 0
      ? 'Only test pictures are labelled, and they are never trained on. Label other pictures of each class first.'
      : 'Label some pictures of each class first.';
  }
  if (zero === 0 || one === 0) {
    return 'Only one class has labelled pictures to train on. Label some of the other class too.';
  }
  if (zero < 2 || one < 2) return 'Each class needs at least two labelled pictures to train on.';
  return isRecipeValid ? null : 'Correct the marked setting in the recipe first.';
}
