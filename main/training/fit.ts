import { TwofoldError } from '../../shared/errors.ts';
import type { BatchEvent } from '../../shared/jobs/messages.ts';
import type { EpochMetrics } from '../../shared/jobs/train.ts';
import type { Ms } from '../../shared/progress.ts';
import type { JobControl } from './control.ts';

/** The input of one training step. */
export interface TrainBatch<Features> {
  /** [count, features] float32 */
  features: Features;
  /** [count] float32, 0 or 1 */
  labels: Float32Array;
}

/** A model that can be trained. */
export interface Trainable<Features> {
  /** One optimiser step. @returns mean loss and number of correct predictions, both with dropout */
  step(features: Features, labels: Float32Array): { loss: number; correct: number };
}

/** The state of training after its last complete epoch, from which it can continue. */
export interface FitState {
  /** Complete epochs so far. */
  epoch: number;
  /** Epoch of the lowest validation loss, from 1; 0 before the first. */
  bestEpoch: number;
  bestValLoss: number;
  history: EpochMetrics[];
}

export const FRESH_FIT: FitState = { epoch: 0, bestEpoch: 0, bestValLoss: Infinity, history: [] };

export interface FitOptions<Features> {
  epochs: number;
  /** Epochs without a lower validation loss before stopping; null: no early stopping. */
  patience: number | null;
  batchesPerEpoch: number;
  trainBatches(epoch: number): AsyncIterable<TrainBatch<Features>>;
  /** Loss and accuracy on the validation set, without dropout. */
  validate(): Promise<{ loss: number; accuracy: number }>;
  control: JobControl;
  /** Called after every step. @param count its pictures @param stepMs the time of the step alone */
  onBatch(batch: Omit<BatchEvent, 'type'>, count: number, stepMs: Ms): void;
  /** Called after every complete epoch, to save it. @param best whether its validation loss is the lowest so far */
  onEpoch(state: FitState, metrics: EpochMetrics, best: boolean): Promise<void>;
}

export type FitEnd = 'completed' | 'stopped' | 'early-stopped' | 'diverged';

/**
 * Trains until all epochs are complete, the patience is used up, the loss is no longer finite, or it is stopped. An
 * incomplete epoch has no metrics.
 *
 * Metrics are as in Keras: means over the epoch's batches, weighted by pictures, while the weights change.
 */
export async function fit<Features>(
  model: Trainable<Features>,
  from: FitState,
  options: FitOptions<Features>,
): Promise<{ end: FitEnd; state: FitState }> {
  let state = from;
  while (state.epoch < options.epochs) {
    if (exhausted(state, options.patience)) return { end: 'early-stopped', state };
    const startedAt = workingMs(options.control);
    const trained = await trainEpoch(model, state.epoch + 1, options);
    if (trained === 'stopped' || trained === 'diverged') return { end: trained, state };

    const validation = await options.validate();
    if (!Number.isFinite(validation.loss)) return { end: 'diverged', state };
    const metrics: EpochMetrics = {
      epoch: state.epoch + 1,
      durationMs: workingMs(options.control) - startedAt,
      loss: trained.loss,
      accuracy: trained.accuracy,
      valLoss: validation.loss,
      valAccuracy: validation.accuracy,
    };
    const best = validation.loss < state.bestValLoss;
    state = {
      epoch: metrics.epoch,
      bestEpoch: best ? metrics.epoch : state.bestEpoch,
      bestValLoss: best ? validation.loss : state.bestValLoss,
      history: [...state.history, metrics],
    };
    await options.onEpoch(state, metrics, best);
  }
  return { end: exhausted(state, options.patience) ? 'early-stopped' : 'completed', state };
}

function workingMs(control: JobControl): number {
  return performance.now() - control.pausedMs;
}

function exhausted(state: FitState, patience: number | null): boolean {
  return patience !== null && state.epoch - state.bestEpoch >= patience;
}

async function trainEpoch<Features>(
  model: Trainable<Features>,
  epoch: number,
  options: FitOptions<Features>,
): Promise<'stopped' | 'diverged' | { loss: number; accuracy: number }> {
  let [batch, seen, loss, correct] = [0, 0, 0, 0];
  for await (const { features, labels } of options.trainBatches(epoch)) {
    if (!(await options.control.turn())) return 'stopped';
    const startedAt = performance.now();
    const step = model.step(features, labels);
    const stepMs = performance.now() - startedAt;
    if (!Number.isFinite(step.loss)) return 'diverged';
    batch++;
    seen += labels.length;
    loss += step.loss * labels.length;
    correct += step.correct;
    const running = { loss: loss / seen, accuracy: correct / seen, batchLoss: step.loss };
    options.onBatch({ epoch, batch, batches: options.batchesPerEpoch, ...running }, labels.length, stepMs);
  }
  if (seen === 0)
    throw new TwofoldError('too-few', 'None of the training pictures could be read. Check their files.');
  if (!(await options.control.turn())) return 'stopped';
  return { loss: loss / seen, accuracy: correct / seen };
}
