import { inceptionV3 } from '../../main/model/architecture/inception-v3.ts';
import { sizeOf, type Architecture } from '../../main/model/architecture/layers.ts';
import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, DEFAULT_ENV, takeTurns, withContenders } from './contender.ts';
import { BATCH, SIZE } from './contenders/workload.ts';
import { median, summarise } from './statistics.ts';

const ROUNDS = 6;
/** Edges of square matrices: the best of them counts as what the machine can do. */
const MATMUL_SIZES = [768, 1024, 1536, 2048];

/** Multiplications, each with an addition, that the convolutions of a network do for one picture. */
function multiplyAdds({ layers }: Architecture): number {
  return layers
    .filter((layer) => layer.className === 'Conv2D')
    .reduce((sum, { outputShape, weights }) => {
      const [height, width] = outputShape as [number, number, number];
      return sum + height * width * sizeOf(weights[0]!.shape);
    }, 0);
}

export const benchmark: Benchmark = {
  name: 'forward',
  title: `features of a picture: InceptionV3 to mixed7, ${SIZE} × ${SIZE}, batch ${BATCH}`,
  run: ({ progress }) => {
    progress.stage('Forward passes, in turns with tf.layers and products of matrices');
    return withContenders(
      [
        () => Contender.node('forward-ours', {}, TENSORFLOW_ENV),
        () => Contender.node('forward-layers', {}, DEFAULT_ENV),
        () => Contender.node('forward-layers', {}, TENSORFLOW_ENV),
        ...MATMUL_SIZES.map((size) => () => Contender.node('matmul', { size }, TENSORFLOW_ENV)),
      ],
      async (contenders) => {
        const [batchMs, layersMs, pooledMs, ...gflops] = await takeTurns(
          contenders.map((contender, index) => ({ contender, repeat: index === 0 ? 8 : index < 3 ? 4 : 6 })),
          ROUNDS,
        );
        const perPicture = (samples: number[]) => summarise(samples.map((ms) => ms / BATCH));
        const [ours, layers, pooled] = [batchMs!, layersMs!, pooledMs!].map(perPicture);
        const macs = multiplyAdds(inceptionV3({ size: SIZE }));
        const machineGflops = Math.max(...gflops.map(median));
        const oursGflops = (2 * macs) / ours!.median / 1e6;
        return {
          measurements: [
            {
              what: 'a picture',
              unit: 'ms',
              value: ours!.median,
              baseline: { what: 'tf.layers predict', value: layers!.median },
              target: { of: 'ratio', limit: 0.78, better: 'lower' },
            },
            {
              what: 'with pooled buffers for both',
              unit: 'ms',
              value: ours!.median,
              baseline: { what: 'tf.layers predict', value: pooled!.median },
            },
            {
              what: "share of the machine's matMul",
              unit: 'GFLOPS',
              value: oursGflops,
              baseline: { what: 'matMul', value: machineGflops },
              target: { of: 'ratio', limit: 0.95, better: 'higher' },
            },
          ],
          details: {
            oursMs: ours,
            layersMs: layers,
            layersPooledMs: pooled,
            gmacAPicture: macs / 1e9,
            matMulGflops: Object.fromEntries(
              MATMUL_SIZES.map((size, index) => [size, summarise(gflops[index]!)]),
            ),
          },
        };
      },
    );
  },
};
