import { FeatureExtractor } from '../../../main/model/base.ts';
import { Head } from '../../../main/model/head/head.ts';
import { serve } from './serve.ts';
import { BATCH, headData, LEARNING_RATE, pixels, SIZE, UNITS } from './workload.ts';

/**
 * The forward pass and the head's step of one batch and nothing else: what an epoch would take if pictures came ready
 * and nothing were saved.
 */
const extractor = await FeatureExtractor.load({ size: SIZE });
const head = await Head.create({
  features: extractor.features,
  units: [UNITS],
  dropout: 0.2,
  learningRate: LEARNING_RATE,
  seed: 1,
});
const batch = pixels();
const { labels } = headData();
await serve(() => {
  const features = extractor.extract(batch, BATCH);
  head.step(features, labels);
  features.dispose();
  return undefined;
});
