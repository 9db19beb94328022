import { thresholdSchema } from '../../shared/library/runs.ts';
import { parseNumber } from './recipe-options.ts';
import { UsageError } from './usage-error.ts';

/** The value of `--threshold`. @throws UsageError unless it is from 0 to 1 */
function parseThreshold(text: string): number {
  const threshold = thresholdSchema.safeParse(parseNumber(text));
  if (threshold.success) return threshold.data;
  throw new UsageError(`--threshold: expected a number from 0 to 1, received ${text}.`);
}

/** Flags and help of `--threshold`. */
export const THRESHOLD_OPTION = [
  '--threshold <p>',
  'a probability above it is class 1 (default: the project’s)',
  parseThreshold,
] as const;
