import type { Progress } from '../../scripts/setup/progress.ts';

/** One figure of ours, beside the figure of something else that does the same where there is one. */
export interface Measurement {
  what: string;
  /** `ms`, `s`, `pictures/s`, `GB` … */
  unit: string;
  value: number;
  baseline?: { what: string; value: number };
  /** What the figure should be; `of: 'ratio'` is value / baseline. Never asserted: machines differ and are shared. */
  target?: { of: 'value' | 'ratio'; limit: number; better: 'lower' | 'higher' };
}

export interface Outcome {
  /** The first is the benchmark's headline and has a baseline. */
  measurements: readonly [Measurement, ...Measurement[]];
  /** The figures behind them and how they were measured, for programs. */
  details: Record<string, unknown>;
  /** Sentences for people. */
  notes?: readonly string[];
}

export interface BenchmarkOptions {
  /** The whole size instead of a part from which it is scaled, where a benchmark makes that difference. */
  full: boolean;
  progress: Progress;
}

export interface Benchmark {
  name: string;
  /** One line for the list. */
  title: string;
  /** Whether it only runs when named, since it needs what not every machine has. */
  onRequest?: boolean;
  /** @throws TwofoldError with a sentence where it can't be run */
  run(options: BenchmarkOptions): Promise<Outcome>;
}

/** Value / baseline; undefined without one, and beside one of nothing. */
export const ratioOf = ({ value, baseline }: Measurement): number | undefined =>
  baseline && baseline.value !== 0 ? value / baseline.value : undefined;

/** Whether the target is met; undefined without one. */
export function isMet(measurement: Measurement): boolean | undefined {
  const { target, value } = measurement;
  if (!target) return undefined;
  const measured = target.of === 'value' ? value : ratioOf(measurement)!;
  return target.better === 'lower' ? measured <= target.limit : measured >= target.limit;
}
