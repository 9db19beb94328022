import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { venvPython } from '../../scripts/keras-venv.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { Contender, takeTurnsWithCpu, withContenders, type Measured } from './contender.ts';
import { generatedPictures, LARGE, SMALL, type PictureSet } from './pictures.ts';
import { summarise } from './statistics.ts';

const ROUNDS = 3;
const SETS: readonly { what: string; set: PictureSet; files: number }[] = [
  { what: '4.3 megapixels', set: { ...LARGE, counts: { train: 24, validation: 0 } }, files: 24 },
  { what: '500×375', set: { ...SMALL, counts: { train: 200, validation: 100 } }, files: 120 },
];

export const benchmark: Benchmark = {
  name: 'decode',
  title: 'JPEG files to pixels of 150×150, on all cores',
  run: async ({ progress }) => {
    const results = [];
    for (const { what, set, files } of SETS) {
      results.push({ what, ...(await measure(await listFiles(set, files, progress), what, progress)) });
    }
    const measurements = results.flatMap(({ what, ours, ...others }) =>
      Object.values(others).flatMap(({ title, figures }): Measurement[] => [
        {
          what,
          unit: 'pictures/s',
          value: ours.wall.median,
          baseline: { what: title, value: figures.wall.median },
        },
        {
          what: '  CPU time a picture',
          unit: 'ms',
          value: ours.cpu.median,
          baseline: { what: title, value: figures.cpu.median },
        },
      ]),
    );
    return {
      measurements: measurements as [Measurement, ...Measurement[]],
      details: Object.fromEntries(results.map(({ what, ...figures }) => [what, figures])),
      notes: [
        'Twofold decodes every pixel and reduces them as Pillow does, bit for bit, on its WebAssembly decoder; native sharp ' +
          'decodes large JPEGs at a fraction of their size, which gives other pixels ("whole": it is kept from that).',
      ],
    };
  },
};

async function listFiles(set: PictureSet, count: number, progress: Progress): Promise<string[]> {
  const folder = await generatedPictures(set, progress);
  const all = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jpg')).sort();
  return all.slice(0, count).map((name) => join(folder, name));
}

async function measure(files: string[], what: string, progress: Progress) {
  const python = venvPython('2.15');
  const script = fileURLToPath(new URL('./keras/decode.py', import.meta.url));
  const starts = [
    () => Contender.node('decode-ours', { files }, {}),
    () => Contender.node('decode-sharp', { files, whole: false }, {}),
    () => Contender.node('decode-sharp', { files, whole: true }, {}),
    ...(existsSync(python)
      ? [() => Contender.start('Pillow', python, [script, JSON.stringify({ files })])]
      : []),
  ];
  return withContenders(starts, async (contenders) => {
    progress.stage(`Decoding ${files.length} pictures of ${what}, in turns`);
    const turns = contenders.map((contender) => ({ contender, repeat: 1 }));
    const summary = ({ samples, cpuMs }: Measured) => ({
      wall: summarise(samples),
      cpu: summarise(cpuMs.map((ms) => ms / files.length)),
    });
    const [ours, shrinking, whole, pillow] = (await takeTurnsWithCpu(turns, ROUNDS)).map(summary);
    return {
      ours: ours!,
      sharp: { title: 'native sharp', figures: shrinking! },
      sharpWhole: { title: 'native sharp, whole', figures: whole! },
      ...(pillow && { pillow: { title: "Pillow, as Keras' load_img", figures: pillow } }),
    };
  });
}
