import type { ExportCheck } from '../../../shared/contract/export.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { Label } from '../../../shared/labelled-picture.ts';
import type { Split } from '../../../shared/split.ts';
import { classAt } from '../../../shared/metrics.ts';
import { plural } from '../../../shared/format.ts';

/** The largest accepted difference of an unquantised export from the app. Float32 in another order differs by about 1e-6. */
export const TOLERANCE = 1e-4;
/** An export is verified on at most this many pictures. */
export const MAX_CHECKED = 200;

/** A picture on which an export is verified. */
export interface CheckPicture {
  path: string;
  sha256: string;
  label: Label;
  split: Split | null;
}

/** Validation pictures first; the order on each side depends only on their content. */
export function choosePictures(pictures: readonly CheckPicture[], limit = MAX_CHECKED): CheckPicture[] {
  const rank = ({ split, sha256 }: CheckPicture): string => `${split === 'validation' ? 0 : 1}${sha256}`;
  return pictures.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, limit);
}

/**
 * Compares the probabilities of the app and of an export on the same pictures, except those that either could not read.
 *
 * @param options `unavailable`: pictures of the run that could not be chosen
 * @returns null if there is no picture to compare
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

/** @throws TwofoldError `corrupt` if an export differs from the app by more than the tolerance, or predicts NaN */
export function requireSame({ maxDifference, tolerance, pictures, runtime }: ExportCheck): void {
  const limit = tolerance ?? 1;
  // Written so that NaN does not pass.
  if (maxDifference <= limit) return;
  throw new TwofoldError(
    'corrupt',
    `The export was removed, since its predictions differ from the app’s: on ${plural(pictures, 'picture')} by up to ` +
      `${maxDifference.toPrecision(3)} (expected: at most ${limit}; runtime: ${runtime}). ` +
      'Please report this, and try another format.',
  );
}
