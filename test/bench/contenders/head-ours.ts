import { Head } from '../../../main/model/head/head.ts';
import { tf } from '../../../main/model/tensorflow.ts';
import { BATCH, FEATURES, headData, LEARNING_RATE, UNITS } from './workload.ts';
import { serve } from './serve.ts';

/** One optimiser step of our head. */
const head = await Head.create({
  features: FEATURES,
  units: [UNITS],
  dropout: 0.2,
  learningRate: LEARNING_RATE,
  seed: 1,
});
const { features, labels } = headData();
const x = tf.tensor2d(features, [BATCH, FEATURES]);
await serve(() => {
  head.step(x, labels);
  return undefined;
});
