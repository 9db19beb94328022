import { tf } from '../../../main/model/tensorflow.ts';
import { tutorialHead } from './tutorial-head.ts';
import { BATCH, FEATURES, headData } from './workload.ts';
import { serve } from './serve.ts';

/** One optimiser step of our head. */
const head = await tutorialHead();
const { features, labels } = headData();
const x = tf.tensor2d(features, [BATCH, FEATURES]);
await serve(() => {
  head.step(x, labels);
  return undefined;
});
