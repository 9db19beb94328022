import { tf } from '../../../main/model/tensorflow.ts';
import { serve } from './serve.ts';
import { FEATURES, UNITS } from './workload.ts';

/** A step reads the kernel in the forward pass, then reads and writes it and its means of squares. */
const KERNELS_MOVED = 5;

/**
 * Moves as much memory as an optimiser step of the head must, and does nothing else: half of it is read and half written, by
 * TensorFlow's own threads. No step can be faster than its memory.
 */
const from = tf.randomUniform([(KERNELS_MOVED * FEATURES * UNITS) / 2]);
await serve(() => {
  tf.neg(from).dispose();
  return undefined;
});
