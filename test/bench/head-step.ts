import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, DEFAULT_ENV, takeTurns, withContenders } from './contender.ts';
import { summarise } from './statistics.ts';

const ROUNDS = 4;

export const benchmark: Benchmark = {
  name: 'head-step',
  title: 'one training step of the head, batch 20, 37,632 → 1,024 → 1, dropout 0.2, RMSprop',
  run: ({ progress }) => {
    progress.stage('Training steps of the head, in turns with tf.layers');
    return withContenders(
      [
        () => Contender.node('head-ours', {}, TENSORFLOW_ENV),
        () => Contender.node('head-layers', {}, DEFAULT_ENV),
      ],
      async (contenders) => {
        const [ours, layers] = (
          await takeTurns(
            contenders.map((contender, index) => ({ contender, repeat: index === 0 ? 12 : 3 })),
            ROUNDS,
          )
        ).map(summarise) as [ReturnType<typeof summarise>, ReturnType<typeof summarise>];
        return {
          measurements: [
            {
              what: 'step',
              unit: 'ms',
              value: ours.median,
              baseline: { what: 'tf.layers trainOnBatch', value: layers.median },
              target: { of: 'ratio', limit: 0.09, better: 'lower' },
            },
          ],
          details: { oursMs: ours, layersMs: layers, layersEnvironment: 'default' },
        };
      },
    );
  },
};
