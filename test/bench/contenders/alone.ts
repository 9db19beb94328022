import { FeatureExtractor } from '../../../main/model/base.ts';
import { serve } from './serve.ts';
import { tutorialHead } from './tutorial-head.ts';
import { BATCH, headData, pixels, SIZE } from './workload.ts';

/**
 * The forward pass and the head's step of one batch and nothing else: what an epoch would take if pictures came ready
 * and nothing were saved.
 */
const extractor = await FeatureExtractor.load({ size: SIZE });
const head = await tutorialHead(extractor.features);
const batch = pixels();
const { labels } = headData();
await serve(() => {
  const features = extractor.extract(batch, BATCH);
  head.step(features, labels);
  features.dispose();
  return undefined;
});
