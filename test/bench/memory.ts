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
  title: `peak memory of training on ${COUNTS.train + COUNTS.validation} pictures by the command line, 2 epochs`,
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
    const [largest, ...others] = [...(watch?.peaks.values() ?? [])].sort((a, b) => b.resident - a.resident);
    return {
      measurements: [
        {
          what: 'training process, anonymous',
          unit: 'GB',
          value: (largest?.anonymous ?? Number.NaN) / GB,
          target: { of: 'value', limit: 1.6, better: 'lower' },
        },
        {
          what: 'training process, resident in all',
          unit: 'GB',
          value: Math.max(largest?.resident ?? 0, peakMemoryBytes) / GB,
          baseline: { what: 'its base and head alone', value: alone.peakMemoryBytes / GB },
        },
        ...(others.length > 0
          ? [{ what: 'the next largest process', unit: 'GB', value: others[0]!.resident / GB } as const]
          : []),
      ],
      notes: [
        'Anonymous memory is what the process allocated; the rest are pages of programs and libraries.',
      ],
      details: { reportedByItselfBytes: peakMemoryBytes, aloneBytes: alone.peakMemoryBytes, counts: COUNTS },
    };
  },
};
