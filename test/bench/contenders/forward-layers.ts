import { inceptionV3 } from '../../../main/model/architecture/inception-v3.ts';
import { tf } from '../../../main/model/tensorflow.ts';
import { layersModel } from './layers-model.ts';
import { serve } from './serve.ts';
import { BATCH, pixels, SIZE } from './workload.ts';

/** Features of the same batch by the same network as tf.layers' model, with `predict`. */
const model = await layersModel(inceptionV3({ size: SIZE }), 'default');
const batch = pixels();
await serve(() => {
  tf.tidy(() => void model.predict(tf.tensor4d(batch, [BATCH, SIZE, SIZE, 3]), { batchSize: BATCH }));
  return undefined;
});
