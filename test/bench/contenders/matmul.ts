import { z } from 'zod';
import { tf } from '../../../main/model/tensorflow.ts';
import { options, serve } from './serve.ts';

/** GFLOPS of one product of two square matrices: what this machine's TensorFlow reaches at best. */
const { size } = options(z.object({ size: z.int().positive() }));
const [a, b] = [tf.randomUniform([size, size]), tf.randomUniform([size, size])];
await serve(() => {
  const startedAt = performance.now();
  tf.matMul(a, b).dispose();
  return (2 * size ** 3) / (performance.now() - startedAt) / 1e6;
});
