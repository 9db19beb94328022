import { z } from 'zod';
import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, withContenders } from './contender.ts';
import { generatedPictures, SMALL } from './pictures.ts';
import { MemoryWatch } from './process-memory.ts';
import { train } from './twofold.ts';

const COUNTS = { train: 800, validation: 200 };
const GB = 1e9;
const peak = z.object({ peakMemoryBytes: z.number() });

export const benchmark: Benchmark = {
  name: 'memory',
  title: `peak resident memory of training on ${COUNTS.train + COUNTS.validation} pictures by the command line, 2 epochs`,
  run: async ({ progress }) => {
    const pictures = await generatedPictures({ ...SMALL, counts: COUNTS }, progress);
    progress.stage('Forward passes and steps alone');
    const alone = await withContenders([() => Contender.node('alone', {}, TENSORFLOW_ENV)], ([contender]) =>
      contender!.ask({ repeat: 20 }, peak),
    );
    progress.stage('Training with augmentation');
    let watch: MemoryWatch | undefined;
    const { peakMemoryBytes } = await train(pictures, ['--epochs', '2'], (pid) => {
      watch = new MemoryWatch(pid);
    }).finally(() => watch?.stop());
    const [largest = peakMemoryBytes, ...others] = [...(watch?.peaks.values() ?? [])].sort((a, b) => b - a);
    return {
      measurements: [
        {
          what: 'training process',
          unit: 'GB',
          value: Math.max(largest, peakMemoryBytes) / GB,
          baseline: { what: 'its base and head alone', value: alone.peakMemoryBytes / GB },
          target: { of: 'value', limit: 1.6, better: 'lower' },
        },
        ...(others.length > 0
          ? [{ what: 'its parent, the command line', unit: 'GB', value: others[0]! / GB } as const]
          : []),
      ],
      details: { reportedByItselfBytes: peakMemoryBytes, aloneBytes: alone.peakMemoryBytes, counts: COUNTS },
    };
  },
};
