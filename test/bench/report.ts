import { arch, availableParallelism, cpus, platform } from 'node:os';
import { table } from '../../main/cli/format.ts';
import { isMet, ratioOf, type Benchmark, type Measurement, type Outcome } from './benchmark.ts';

/** What the figures were taken on. */
export function machine(): { cpu: string; cores: number; platform: string; node: string } {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
  };
}

/** One line for programs. */
export function toJson({ name }: Benchmark, { measurements, details, notes = [] }: Outcome): string {
  const [headline] = measurements;
  return JSON.stringify({
    name,
    unit: headline.unit,
    value: headline.value,
    baseline: headline.baseline?.value ?? null,
    ratio: ratioOf(headline) ?? null,
    details: {
      measurements: measurements.map((measurement) => ({
        ...measurement,
        ratio: ratioOf(measurement) ?? null,
        met: isMet(measurement) ?? null,
      })),
      ...details,
      notes,
      machine: machine(),
    },
  });
}

/** A table for people. */
export function toTable({ name, title }: Benchmark, { measurements, notes = [] }: Outcome): string {
  const rows = measurements.map((measurement) => {
    const { what, unit, value, baseline } = measurement;
    return [
      what,
      `${format(value)} ${unit}`,
      baseline ? `${baseline.what} ${format(baseline.value)} ${unit}` : '',
      format(ratioOf(measurement)),
      describeTarget(measurement),
    ];
  });
  return [
    `${name}: ${title}`,
    table(['', 'Twofold', 'beside it', 'ratio', 'target'], rows),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

function describeTarget(measurement: Measurement): string {
  const { target, unit } = measurement;
  if (!target) return '';
  const sign = target.better === 'lower' ? '≤' : '≥';
  const limit = `${sign} ${target.limit}${target.of === 'value' ? ` ${unit}` : ''}`;
  return `${limit}, ${isMet(measurement) ? 'met' : 'missed'}`;
}

/** Three significant digits, thousands apart. */
function format(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100
    ? Math.round(value).toLocaleString('en-US')
    : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
