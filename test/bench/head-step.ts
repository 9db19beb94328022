import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, DEFAULT_ENV, takeTurns, withContenders } from './contender.ts';
import { summarise, type Summary } from './statistics.ts';

const ROUNDS = 4;

export const benchmark: Benchmark = {
  name: 'head-step',
  title: 'one training step of the head, batch 20, 37,632 → 1,024 → 1, dropout 0.2, RMSprop',
  run: ({ progress }) => {
    progress.stage('Training steps of the head, in turns with tf.layers and copies of memory');
    return withContenders(
      [
        () => Contender.node('head-ours', {}, TENSORFLOW_ENV),
        () => Contender.node('head-layers', {}, DEFAULT_ENV),
        () => Contender.node('copy', {}, TENSORFLOW_ENV),
        () => Contender.node('heat-map', {}, TENSORFLOW_ENV),
      ],
      async (contenders) => {
        const [ours, layers, copy, heatMap] = (
          await takeTurns(
            contenders.map((contender, index) => ({ contender, repeat: index === 1 ? 3 : 12 })),
            ROUNDS,
          )
        ).map(summarise) as [Summary, Summary, Summary, Summary];
        return {
          measurements: [
            {
              what: 'step',
              unit: 'ms',
              value: ours.median,
              baseline: { what: 'tf.layers trainOnBatch', value: layers.median },
              target: { of: 'ratio', limit: 0.09, better: 'lower' },
            },
            {
              what: "share of the limit of the machine's memory",
              unit: 'steps/s',
              value: 1000 / ours.median,
              baseline: { what: 'copies of the same bytes', value: 1000 / copy.median },
              target: { of: 'ratio', limit: 0.6, better: 'higher' },
            },
            {
              what: 'heat map of a picture, after its features',
              unit: 'ms',
              value: heatMap.median,
              target: { of: 'value', limit: 20, better: 'lower' },
            },
          ],
          details: {
            oursMs: ours,
            layersMs: layers,
            copyMs: copy,
            heatMapMs: heatMap,
            layersEnvironment: 'default',
          },
        };
      },
    );
  },
};
