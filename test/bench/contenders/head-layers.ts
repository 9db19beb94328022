import { tf } from '../../../main/model/tensorflow.ts';
import { BATCH, FEATURES, headData, LEARNING_RATE, UNITS } from './workload.ts';
import { serve } from './serve.ts';

/** One step of the same head with tf.layers' `trainOnBatch`. */
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: UNITS, activation: 'relu', inputShape: [FEATURES] }),
    tf.layers.dropout({ rate: 0.2 }),
    tf.layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({
  optimizer: tf.train.rmsprop(LEARNING_RATE),
  loss: 'binaryCrossentropy',
  metrics: ['accuracy'],
});
const { features, labels } = headData();
const x = tf.tensor2d(features, [BATCH, FEATURES]);
const y = tf.tensor2d(labels, [BATCH, 1]);
await serve(async () => {
  await model.trainOnBatch(x, y);
  return undefined;
});
