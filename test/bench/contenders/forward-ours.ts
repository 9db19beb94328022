import { FeatureExtractor } from '../../../main/model/base.ts';
import { serve } from './serve.ts';
import { BATCH, pixels, SIZE } from './workload.ts';

/** Features of a batch of pictures by our graph. */
const extractor = await FeatureExtractor.load({ size: SIZE });
const batch = pixels();
await serve(() => {
  extractor.extract(batch, BATCH).dispose();
  return undefined;
});
