import type { MetricIntervals } from '../../shared/metrics.ts';
import type { SetAccuracy } from '../../shared/overfitting-gap.ts';
import type { RunCalibration } from '../../shared/reliability.ts';
import type { EvaluatedSet } from '../../shared/split.ts';
import { DEFAULT_RISK, type UnsureProposal } from '../../shared/unsure.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Settled } from './settled.svelte.ts';

/** Figures of a run that main computes, and what a person makes part of the run because of them. */
export class Figures {
  /** F1 is at `threshold`. */
  readonly intervals: Settled<(MetricIntervals & { threshold: number }) | null>;
  readonly calibration: Settled<RunCalibration>;
  readonly proposal: Settled<UnsureProposal | null>;
  readonly sets: Settled<SetAccuracy[]>;
  /** Counts up when a run has predicted more pictures. */
  predictions = $state(0);
  /** The highest error rate that is to be guaranteed. */
  risk = $state(DEFAULT_RISK);
  /** A calibration or a rule is being applied or removed. */
  applying = $state(false);
  /** The run that predicts all pictures now. */
  #predicting: string | null = null;
  /** Names of sections that were opened or closed. */
  #sections = $state.raw<Readonly<Record<string, boolean>>>({});

  constructor(
    private readonly client: Client,
    private readonly notices: Notices,
  ) {
    this.intervals = new Settled(notices);
    this.calibration = new Settled(notices);
    this.proposal = new Settled(notices);
    this.sets = new Settled(notices);
    client.on('insight.changed', ({ predicting }) => {
      if (predicting !== this.#predicting) this.predictions++;
      this.#predicting = predicting;
    });
    void notices.read(async () => {
      const { sections, risk } = await client.call('system.settings');
      this.#sections = sections;
      this.risk = risk;
    });
  }

  open(): void {
    this.intervals.forget();
    this.calibration.forget();
    this.proposal.forget();
    this.sets.forget();
  }

  isSectionOpen(name: string, byDefault: boolean): boolean {
    return this.#sections[name] ?? byDefault;
  }

  /** Remembered, in other projects as well. */
  setSection(name: string, isOpen: boolean): void {
    this.#sections = { ...this.#sections, [name]: isOpen };
    const sections = { ...this.#sections };
    void this.notices.attempt(() => this.client.call('system.setSettings', { sections }));
  }

  setRisk(risk: number): void {
    this.risk = risk;
    void this.notices.attempt(() => this.client.call('system.setSettings', { risk }));
  }

  /** Makes a temperature part of a run; 1 removes it. What follows is told by `runs.changed`. */
  setTemperature(run: string, temperature: number): Promise<void> {
    return this.#apply(() => this.client.call('figures.setTemperature', { run, temperature }));
  }

  /** Makes a rule for unsure answers part of a run; null removes it. */
  setUnsure(run: string, guarantee: { on: EvaluatedSet; risk: number } | null): Promise<void> {
    return this.#apply(() => this.client.call('figures.setUnsure', { run, guarantee }));
  }

  async #apply(work: () => Promise<unknown>): Promise<void> {
    this.applying = true;
    await this.notices.attempt(work);
    this.applying = false;
  }
}
