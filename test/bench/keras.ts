import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import { ensureVenv } from '../../scripts/keras-venv.ts';
import { runOrThrow } from '../../scripts/setup/child.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import type { Benchmark, BenchmarkOptions, Measurement } from './benchmark.ts';
import { Contender, takeTurns, withContenders } from './contender.ts';
import { BATCH } from './contenders/workload.ts';
import { photographs } from './photographs.ts';
import { median, summarise } from './statistics.ts';
import { train, type TrainedEpoch } from './twofold.ts';

/** Of the Keras tutorial: cats and dogs. */
const TUTORIAL = { train: 2000, validation: 1000 };
const PART = { train: 200, validation: 100 };
const EPOCHS = 3;
/** Of `train`: the pixels of `flow_from_directory` and nothing else that differs from the defaults. */
const SAME_PIXELS = ['--weights', 'nsfwjs', '--resize', 'nearest', '--epochs', String(EPOCHS)];

export const benchmark: Benchmark = {
  name: 'keras',
  title: `the tutorial beside Keras 2.15: same photographs, weights and settings`,
  onRequest: true,
  run: async (options) => {
    const { progress, full } = options;
    const python = await ensureVenv('2.15', progress);
    const counts = full ? TUTORIAL : PART;
    const pictures = await photographs(counts, progress);
    const { forward, head } = await measureParts(python, progress);
    const runs = await measureEpochs(python, pictures, options);
    return report(forward, head, runs, counts, full);
  },
};

/** What Keras gets, too. */
const weights = join(ROOT, '.cache', 'weights', 'nsfwjs.safetensors');
const script = (name: string): string => fileURLToPath(new URL(`./keras/${name}`, import.meta.url));

/** Forward passes and head steps, ours and Keras' in turns. */
async function measureParts(python: string, progress: BenchmarkOptions['progress']) {
  const kerasPart = (part: string) => () =>
    Contender.start(`Keras ${part}`, python, [script('steps.py'), JSON.stringify({ part, weights })]);
  return withContenders(
    [
      () => Contender.node('forward-ours', {}, TENSORFLOW_ENV),
      kerasPart('forward'),
      () => Contender.node('head-ours', {}, TENSORFLOW_ENV),
      kerasPart('head'),
    ],
    async (contenders) => {
      progress.stage('Forward passes and head steps, in turns with Keras');
      const [ours, keras, oursHead, kerasHead] = await takeTurns(
        contenders.map((contender, index) => ({ contender, repeat: index === 3 ? 4 : 8 })),
        4,
      );
      const perPicture = (samples: number[]) => summarise(samples.map((ms) => ms / BATCH));
      return {
        forward: { ours: perPicture(ours!), keras: perPicture(keras!) },
        head: { ours: summarise(oursHead!), keras: summarise(kerasHead!) },
      };
    },
  );
}

const epochSchema = z.object({
  epoch: z.int(),
  durationMs: z.number(),
  loss: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
});
type KerasEpoch = z.infer<typeof epochSchema>;

interface Runs {
  augmented: TrainedEpoch[][];
  cached: TrainedEpoch[][];
  keras: KerasEpoch[][];
}

/** Whole trainings in turns: Keras, ours augmented, ours from the cache, and again. */
async function measureEpochs(
  python: string,
  pictures: string,
  { progress, full }: BenchmarkOptions,
): Promise<Runs> {
  const runs: Runs = { augmented: [], cached: [], keras: [] };
  const rounds = full ? 1 : 2;
  for (let round = 1; round <= rounds; round++) {
    const seed = ['--seed', String(round)];
    progress.stage(`Training in Keras (round ${round} of ${rounds})`);
    runs.keras.push(await trainInKeras(python, { weights, pictures, epochs: EPOCHS, seed: round }));
    progress.stage(`Training in Twofold, augmented (round ${round} of ${rounds})`);
    runs.augmented.push((await train(pictures, [...SAME_PIXELS, ...seed])).epochs);
    progress.stage(`Training in Twofold, variants from the cache (round ${round} of ${rounds})`);
    runs.cached.push((await train(pictures, [...SAME_PIXELS, ...seed, '--augment-variants', '1'])).epochs);
  }
  return runs;
}

async function trainInKeras(python: string, options: object): Promise<KerasEpoch[]> {
  const output = await runOrThrow('Training in Keras failed', python, [
    script('train.py'),
    JSON.stringify(options),
  ]);
  // Keras prints its own lines as well.
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => epochSchema.parse(JSON.parse(line)));
}

type Summary = ReturnType<typeof summarise>;
interface Pair {
  ours: Summary;
  keras: Summary;
}

function report(forward: Pair, head: Pair, runs: Runs, counts: typeof PART, full: boolean) {
  const scale = TUTORIAL.train / counts.train;
  const kerasS = later(runs.keras).map(({ durationMs }) => (durationMs * scale) / 1000);
  // An epoch's work grows with the pictures; what is saved after it does not.
  const oursS = (epochs: TrainedEpoch[][]): number[] =>
    later(epochs).map(
      ({ durationMs, wallMs }) => (durationMs * scale + Math.max(0, wallMs - durationMs)) / 1000,
    );
  const [keras, augmented, cached] = [kerasS, oursS(runs.augmented), oursS(runs.cached)].map(summarise) as [
    Summary,
    Summary,
    Summary,
  ];
  const epoch = (what: string, value: number, limit: number): Measurement => ({
    what,
    unit: 's',
    value,
    baseline: { what: 'Keras', value: keras.median },
    target: { of: 'ratio', limit, better: 'lower' },
  });
  const accuracy = (what: string, epochs: readonly KerasEpoch[][]): Measurement => ({
    what,
    unit: '%',
    value: lastAccuracy(epochs),
    baseline: { what: 'Keras', value: lastAccuracy(runs.keras) },
  });
  return {
    measurements: [
      epoch('epoch, augmented afresh', augmented.median, 0.5),
      epoch('epoch, variants from the cache', cached.median, 0.15),
      {
        what: 'forward pass of a picture',
        unit: 'ms',
        value: forward.ours.median,
        baseline: { what: 'Keras', value: forward.keras.median },
      },
      {
        what: 'step of the head',
        unit: 'ms',
        value: head.ours.median,
        baseline: { what: 'Keras', value: head.keras.median },
      },
      accuracy(`validation accuracy after ${EPOCHS} epochs, augmented`, runs.augmented),
      accuracy(`validation accuracy after ${EPOCHS} epochs, variants`, runs.cached),
    ] as [Measurement, ...Measurement[]],
    details: {
      aim: { augmented: 0.43, cached: 0.11 },
      epochS: { keras, augmented, cached },
      measuredCounts: counts,
      scale,
      forwardMs: forward,
      headStepMs: head,
      trainings: runs,
    },
    notes: [
      full
        ? `Epochs after the first, ${counts.train} + ${counts.validation} photographs of 500×375.`
        : `Epochs after the first, measured with ${counts.train} + ${counts.validation} photographs of 500×375 and multiplied by ` +
          `${scale} (the tutorial has ${TUTORIAL.train} + ${TUTORIAL.validation}); --full measures all of it.`,
      `Ours to aim at: 0.43 augmented, 0.11 from the cache. Ours includes saving after an epoch; Keras saves nothing.`,
    ],
  };
}

const later = <T>(runs: readonly (readonly T[])[]): T[] => runs.flatMap((epochs) => epochs.slice(1));
const lastAccuracy = (runs: readonly (readonly KerasEpoch[])[]): number =>
  100 * median(runs.map((epochs) => epochs.at(-1)!.valAccuracy));
