import { tutorialHead } from './tutorial-head.ts';
import { FEATURES, headData } from './workload.ts';
import { serve } from './serve.ts';

/** The heat map of one picture, from its features. */
const CELLS = 49;
const head = await tutorialHead();
const picture = headData().features.slice(0, FEATURES);
await serve(() => {
  head.attribute(picture, 1, CELLS);
  return undefined;
});
