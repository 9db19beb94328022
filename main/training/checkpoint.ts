import { z } from 'zod';
import { TwofoldError } from '../../shared/errors.ts';
import type { Head } from '../model/head/head.ts';
import { SafetensorsFile, writeSafetensors } from '../files/safetensors.ts';
import type { FitState } from './fit.ts';
import { epochSchema } from './run-folder.ts';

const stateSchema = z.object({
  epoch: z.int(),
  bestEpoch: z.int(),
  bestValLoss: z.number(),
  history: z.array(epochSchema),
});

/** Share of training time that saving checkpoints may take. */
const MAX_SHARE = 0.05;

/**
 * Saves the state of training: weights, the optimiser's slots and step count, and the metrics so far. Writing takes about a
 * second for the tutorial's head (308 MB), so not every short epoch gets a checkpoint: training is seeded throughout, so
 * epochs that are lost in a crash are repeated with the same result.
 */
export class Checkpoints {
  #writtenAt = -Infinity;
  #durationMs = 0;

  constructor(private readonly path: string) {}

  /** Whether saving now would take no more than its share of the time since the last. */
  get isDue(): boolean {
    return performance.now() - this.#writtenAt >= this.#durationMs / MAX_SHARE;
  }

  async save(head: Head, state: FitState): Promise<void> {
    const startedAt = performance.now();
    const { tensors, metadata } = head.checkpoint();
    await writeSafetensors(this.path, tensors, { ...metadata, fit: JSON.stringify(state) });
    this.#writtenAt = performance.now();
    this.#durationMs = this.#writtenAt - startedAt;
  }

  /**
   * Restores the head.
   *
   * @throws TwofoldError `corrupt`, `not-found`, `bad-input` if it is of another recipe
   */
  async restore(head: Head): Promise<FitState> {
    const file = await SafetensorsFile.open(this.path);
    try {
      await head.restore(file);
      const state = stateSchema.safeParse(JSON.parse(file.metadata.fit ?? 'null'));
      if (state.success) return state.data;
    } finally {
      await file.close();
    }
    throw new TwofoldError('corrupt', `${this.path} is damaged: it has no training state. Train a new run.`);
  }
}
