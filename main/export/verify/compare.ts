import type { ExportCheck } from '../../../shared/contract/export.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Label, Split } from '../../../shared/jobs.ts';
import { classAt } from '../../../shared/metrics.ts';
import { plural } from '../../../shared/format.ts';

/** How far an unquantised export may be from the app: float32 in another order of operations gives about 1e-6. */
export const TOLERANCE = 1e-4;
/** Pictures an export is checked with, at most. */
export const MAX_CHECKED = 200;

/** A picture the export is checked with. */
export interface CheckPicture {
  path: string;
  sha256: string;
  label: Label;
  split: Split | null;
}

/** Validation pictures first, each side in an order that depends on content alone. */
export function choosePictures(pictures: readonly CheckPicture[], limit = MAX_CHECKED): CheckPicture[] {
  const rank = ({ split, sha256 }: CheckPicture): string => `${split === 'validation' ? 0 : 1}${sha256}`;
  return pictures.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, limit);
}

/**
 * Compares probabilities of the app and of an export on the same pictures; those that either could not read are left out.
 *
 * @param options `unavailable`: pictures of the run that could not even be chosen
 * @returns null when no picture is left to compare
 */
export function compare(
  pictures: readonly CheckPicture[],
  app: readonly (number | null)[],
  exported: readonly (number | null)[],
  {
    threshold,
    tolerance,
    runtime,
    unavailable,
  }: { threshold: number; tolerance: number | null; runtime: string; unavailable: number },
): ExportCheck | null {
  const pairs = pictures.flatMap(({ label, split }, index) => {
    const a = app[index];
    const b = exported[index];
    return a == null || b == null ? [] : [{ app: a, export: b, label, held: split === 'validation' }];
  });
  if (pairs.length === 0) return null;
  const differences = pairs.map((pair) => Math.abs(pair.app - pair.export));
  const held = pairs.filter((pair) => pair.held);
  const judged = held.length > 0 ? held : pairs;
  const classOf = (probability: number): Label => classAt(probability, threshold);
  const right = (side: 'app' | 'export'): number =>
    judged.filter((pair) => classOf(pair[side]) === pair.label).length / judged.length;
  return {
    runtime,
    pictures: pairs.length,
    unavailable: unavailable + pictures.length - pairs.length,
    maxDifference: differences.reduce((max, difference) => Math.max(max, difference), 0),
    meanDifference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    tolerance,
    sameClass: pairs.filter((pair) => classOf(pair.app) === classOf(pair.export)).length,
    accuracy: {
      pictures: judged.length,
      unseen: held.length > 0,
      app: right('app'),
      export: right('export'),
    },
  };
}

/** @throws TwofoldError `corrupt` when an export is further from the app than it may be, or gives no numbers */
export function requireSame({ maxDifference, tolerance, pictures, runtime }: ExportCheck): void {
  const limit = tolerance ?? 1;
  // Not the other way round: a difference of NaN is above every limit.
  if (maxDifference <= limit) return;
  throw new TwofoldError(
    'corrupt',
    `The export does not answer as the app does: on ${plural(pictures, 'picture')} its probabilities differ by up to ` +
      `${maxDifference.toPrecision(3)} (at most ${limit} is expected; run with ${runtime}). It was removed. ` +
      'Please report this; another format may work meanwhile.',
  );
}
