import { Head } from '../../../main/model/head/head.ts';
import { FEATURES, headData, LEARNING_RATE, UNITS } from './workload.ts';
import { serve } from './serve.ts';

/** The heat map of one picture, from its features. */
const CELLS = 49;
const head = await Head.create({
  features: FEATURES,
  units: [UNITS],
  dropout: 0.2,
  learningRate: LEARNING_RATE,
  seed: 1,
});
const picture = headData().features.slice(0, FEATURES);
await serve(() => {
  head.attribute(picture, 1, CELLS);
  return undefined;
});
