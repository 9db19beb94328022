import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { classAt, probabilityOf, type Scored } from '../../shared/metrics.ts';
import type { ClassGuarantee } from '../../shared/unsure.ts';
import { mean } from './statistics.ts';

/** Neighbours by confidence, on each side, over which an error rate is averaged. */
const REACH = 20;
/** Steps in which the best possible border is looked for. */
const STEPS = 2000;

/** Pictures that are predicted as one class, the most confident first. */
interface Side {
  /** Of all pictures, 0..1. */
  share: number;
  /** Highest first, evenly spaced by rank. */
  confidences: readonly number[];
  /** Error rate of the pictures between neighbouring ranks. */
  errors: readonly number[];
  /** `before[i]`: sum of the first i `errors`. */
  before: readonly number[];
}

/**
 * Infinitely many pictures whose error rate at every confidence is known: a model's real scores, with their confidences
 * interpolated and the error rate at a confidence averaged over the 41 pictures around it.
 */
export class KnownPopulation {
  readonly #sides: readonly [Side, Side];

  /** @param scored pictures that the model was not fitted to */
  constructor(scored: readonly Scored[]) {
    const side = (label: 0 | 1): Side => {
      const own = scored
        .filter(({ probability }) => classAt(probability, 0.5) === label)
        .map((one) => ({
          confidence: probabilityOf(label, one.probability),
          wrong: Number(one.label !== label),
        }))
        .sort((a, b) => b.confidence - a.confidence);
      const errors = own.map((_, rank) =>
        mean(own.slice(Math.max(0, rank - REACH), rank + REACH + 1).map(({ wrong }) => wrong)),
      );
      return sideOf(
        own.length / scored.length,
        own.map(({ confidence }) => confidence),
        errors,
      );
    };
    this.#sides = [side(0), side(1)];
  }

  /** The error rate of all answers. */
  get errorRate(): number {
    return this.#sides.reduce((sum, { share, errors }) => sum + share * mean(errors), 0);
  }

  draw(count: number, random: JumpableRandomGenerator): Scored[] {
    return Array.from({ length: count }, () => {
      const label = uniformFloat64(random) < this.#sides[0].share ? 0 : 1;
      const { confidences, errors } = this.#sides[label];
      const at = uniformFloat64(random) * errors.length;
      const rank = Math.floor(at);
      // Down to 0.5 after the last.
      const next = confidences[rank + 1] ?? 0.5;
      const confidence = confidences[rank]! + (at - rank) * (next - confidences[rank]!);
      const isWrong = uniformFloat64(random) < errors[rank]!;
      return {
        probability: label === 1 ? confidence : 1 - confidence,
        label: isWrong ? (label === 1 ? 0 : 1) : label,
      };
    });
  }

  /** Error rate of the answers of a class from a border on, and which share of all pictures they are. */
  truth(label: 0 | 1, from: ClassGuarantee['from']): { rate: number; share: number } {
    const { confidences, errors } = this.#sides[label];
    if (from === null) return { rate: 0, share: 0 };
    const after = confidences.findIndex((confidence) => confidence < from);
    const rank = (after === -1 ? confidences.length : after) - 1;
    if (rank < 0) return { rate: 0, share: 0 };
    const [here, next] = [confidences[rank]!, confidences[rank + 1] ?? 0.5];
    return this.#upTo(
      label,
      Math.min(errors.length, rank + (here > next ? (here - from) / (here - next) : 1)),
    );
  }

  /** The largest share of pictures that can be answered, if error rates are known, with at most `risk` wrong of each class. */
  possible(risk: number): number {
    const ofClass = (label: 0 | 1): number => {
      const { errors } = this.#sides[label];
      for (let step = STEPS; step > 0; step--) {
        const { rate, share } = this.#upTo(label, (step / STEPS) * errors.length);
        if (rate <= risk) return share;
      }
      return 0;
    };
    return ofClass(0) + ofClass(1);
  }

  /** The most confident pictures up to a rank, which may be between two pictures. */
  #upTo(label: 0 | 1, rank: number): { rate: number; share: number } {
    const { share, errors, before } = this.#sides[label];
    const whole = Math.floor(rank);
    const wrong = before[whole]! + (rank - whole) * (errors[whole] ?? 0);
    return { rate: rank === 0 ? 0 : wrong / rank, share: (share * rank) / errors.length };
  }
}

function sideOf(share: number, confidences: readonly number[], errors: readonly number[]): Side {
  const before = [0];
  for (const error of errors) before.push(before.at(-1)! + error);
  return { share, confidences, errors, before };
}
