import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, withContenders } from './contender.ts';
import { BATCH } from './contenders/workload.ts';
import { generatedPictures, SMALL } from './pictures.ts';
import { mean, median, summarise } from './statistics.ts';
import { train, type TrainedEpoch } from './twofold.ts';

const COUNTS = { train: 200, validation: 100 };
const ROUNDS = 2;
const BATCHES = COUNTS.train / BATCH;

/** Ways to train; epochs are few where each is long. */
const MODES = {
  augmented: { epochs: 4, options: [] },
  cached: { epochs: 7, options: ['--augment-variants', '1'] },
  plain: { epochs: 7, options: ['--no-augment'] },
} as const;
type Mode = keyof typeof MODES;

export const benchmark: Benchmark = {
  name: 'epoch',
  title: `an epoch of the tutorial's settings, ${COUNTS.train} + ${COUNTS.validation} JPEGs of ${SMALL.width}×${SMALL.height}, by the command line`,
  run: async ({ progress }) => {
    const pictures = await generatedPictures({ ...SMALL, counts: COUNTS }, progress);
    const trained: Record<Mode, TrainedEpoch[][]> = { augmented: [], cached: [], plain: [] };
    const aloneMs: number[] = [];
    await withContenders([() => Contender.node('alone', {}, TENSORFLOW_ENV)], async ([alone]) => {
      await alone!.measure(3);
      for (let round = 0; round < ROUNDS; round++) {
        for (const mode of Object.keys(MODES) as Mode[]) {
          progress.stage(`Training, ${mode} (round ${round + 1} of ${ROUNDS})`);
          const { epochs, options } = MODES[mode];
          // Before and after each training of ours, so that both see the same machine.
          aloneMs.push(...(await alone!.measure(BATCHES)));
          trained[mode].push((await train(pictures, ['--epochs', String(epochs), ...options])).epochs);
        }
      }
      aloneMs.push(...(await alone!.measure(BATCHES)));
    });
    const alone = (median(aloneMs) * BATCHES) / 1000;
    const modes = Object.fromEntries(
      Object.entries(trained).map(([mode, runs]) => [mode, describe(runs)]),
    ) as Record<Mode, ReturnType<typeof describe>>;
    const { augmented, cached, plain } = modes;
    return {
      measurements: [
        {
          what: 'augmented afresh',
          unit: 's',
          value: augmented.epochS.median,
          baseline: { what: 'its forward passes and steps alone', value: alone },
          target: { of: 'ratio', limit: 1.1, better: 'lower' },
        },
        {
          what: 'augmented variants from the cache (K = 1)',
          unit: 's',
          value: cached.epochS.median,
          baseline: { what: 'augmented afresh', value: augmented.epochS.median },
          target: { of: 'ratio', limit: 0.3, better: 'lower' },
        },
        {
          what: 'without augmentation',
          unit: 's',
          value: plain.epochS.median,
          baseline: { what: 'augmented afresh', value: augmented.epochS.median },
        },
        { what: 'augmented afresh', unit: 'pictures/s', value: augmented.picturesPerSecond },
        { what: 'variants from the cache', unit: 'pictures/s', value: cached.picturesPerSecond },
        { what: 'without augmentation', unit: 'pictures/s', value: plain.picturesPerSecond },
        { what: 'first epoch, augmented afresh', unit: 's', value: augmented.firstEpochS },
        { what: 'first epoch, variants', unit: 's', value: cached.firstEpochS },
        { what: 'saving after an epoch (augmented)', unit: 's', value: augmented.savingS },
      ],
      details: { ...modes, aloneEpochS: alone, aloneBatchMs: summarise(aloneMs), counts: COUNTS },
      notes: [
        'Epochs after the first, validation included. The first also decodes the pictures and, with variants, fills the cache.',
      ],
    };
  },
};

/** Epochs after the first of all rounds; the first apart. */
function describe(runs: readonly (readonly TrainedEpoch[])[]) {
  const later = runs.flatMap((epochs) => epochs.slice(1));
  const epochS = summarise(later.map(({ durationMs }) => durationMs / 1000));
  return {
    epochS,
    picturesPerSecond: COUNTS.train / epochS.median,
    firstEpochS: median(runs.map((epochs) => epochs[0]!.durationMs / 1000)),
    /** A mean, since not every epoch is saved at once. */
    savingS: mean(later.map(({ wallMs, durationMs }) => Math.max(0, wallMs - durationMs) / 1000)),
  };
}
