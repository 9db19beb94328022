import { TwofoldError } from '../../shared/errors.ts';
import { DEFAULT_THRESHOLD, evaluate, sigmoid, type Evaluation } from '../../shared/metrics.ts';
import type { Head } from '../model/head/head.ts';
import type { JobControl } from './control.ts';
import type { FeatureSource, SourcePicture } from './feature-source.ts';
import { batches } from './order.ts';

/** Pictures per forward pass without gradients; more would not be faster. */
const BATCH = 50;

export interface Scores<P> {
  /** The readable ones, in order. */
  pictures: P[];
  /** Of class 1, one each. */
  logits: Float32Array;
}

export interface ScoreOptions {
  /** Whether features are read from the cache and stored there. */
  cached: boolean;
  control: JobControl;
  onProgress?: (done: number) => void;
}

/**
 * The logits that a head predicts for pictures, without augmentation and dropout.
 *
 * @throws TwofoldError `cancelled`
 */
export async function score<P extends SourcePicture>(
  source: FeatureSource,
  head: Head,
  pictures: readonly P[],
  { cached, control, onProgress }: ScoreOptions,
): Promise<Scores<P>> {
  const kept: P[] = [];
  const logits = new Float32Array(pictures.length);
  for await (const batch of source.batches(batches(pictures, BATCH), { cached })) {
    logits.set(head.logits(batch.features, batch.pictures.length), kept.length);
    kept.push(...batch.pictures);
    onProgress?.(kept.length);
    await control.turn();
  }
  return { pictures: kept, logits: logits.slice(0, kept.length) };
}

/** Probability of class 1, 0..1. */
export const probabilities = (logits: Float32Array): number[] => Array.from(logits, sigmoid);

/**
 * Metrics of scored pictures.
 *
 * @throws TwofoldError `too-few` if none could be read
 */
export function evaluateScores(
  { pictures, logits }: Scores<{ label: 0 | 1 }>,
  threshold = DEFAULT_THRESHOLD,
): Evaluation {
  if (pictures.length === 0) {
    throw new TwofoldError('too-few', 'None of the pictures could be read. Check their files.');
  }
  const scored = probabilities(logits).map((probability, index) => ({
    probability,
    label: pictures[index]!.label,
  }));
  return evaluate(scored, logits, threshold);
}
