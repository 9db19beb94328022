import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { run } from '../../scripts/setup/child.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { cameraPhotographs, type CameraSet } from './camera-photographs.ts';
import { Contender, takeTurnsWithCpu, withContenders, type Measured } from './contender.ts';
import { summarise } from './statistics.ts';

const ROUNDS = 3;
const SETS: readonly { what: string; set: CameraSet }[] = [
  { what: '12 megapixels', set: { width: 4000, height: 3000, count: 16, quality: 92 } },
  { what: '500×375', set: { width: 500, height: 375, count: 120, quality: 88 } },
];
/** Virtual environments have no Pillow of the system, so that Python is looked for as well. */
const PYTHONS = ['python3', '/usr/bin/python3'];

export const benchmark: Benchmark = {
  name: 'import-photos',
  title: 'importing photographs: checked, with thumbnail and prepared pixels',
  run: async ({ progress }) => {
    const python = await findPillow();
    const measurements: Measurement[] = [];
    const details: Record<string, unknown> = { cpu: cpus()[0]?.model, pillow: python.version };
    for (const { what, set } of SETS) {
      const files = await cameraPhotographs(set, progress);
      const { whole, checked, pillow } = await measure(files, what, python.path, progress);
      const baseline = { what: 'Pillow, decode and resize', value: pillow.wall.median };
      const cpuBaseline = { what: 'Pillow, CPU time', value: pillow.cpu.median };
      measurements.push(
        {
          what: `${what}, with thumbnail and pixels`,
          unit: 'ms',
          value: whole.wall.median,
          baseline,
          target: { of: 'ratio', limit: 1.3, better: 'lower' },
        },
        { what: '  its CPU time', unit: 'ms', value: whole.cpu.median, baseline: cpuBaseline },
        { what: `${what}, checked only`, unit: 'ms', value: checked.wall.median, baseline },
        { what: '  its CPU time', unit: 'ms', value: checked.cpu.median, baseline: cpuBaseline },
      );
      details[what] = { whole, checked, pillow };
    }
    return {
      measurements: measurements as [Measurement, ...Measurement[]],
      details,
      notes: [
        `Milliseconds a picture on all cores; CPU time is that of all threads together. Pillow ${python.version} decodes at full size and resizes to 150×150; ` +
          'it neither checks for damage nor hashes, and writes nothing.',
      ],
    };
  },
};

async function findPillow(): Promise<{ path: string; version: string }> {
  for (const path of PYTHONS) {
    const tried = await run(path, ['-c', 'import PIL; print(PIL.__version__)']);
    if (!tried.failed) return { path, version: tried.stdout.trim() };
  }
  throw new TwofoldError(
    'runtime',
    'This benchmark needs Python with Pillow; on Debian, install it with "apt-get install python3-pil".',
  );
}

async function measure(files: readonly string[], what: string, python: string, progress: Progress) {
  const script = fileURLToPath(new URL('./keras/import_photos.py', import.meta.url));
  const starts = [
    () => Contender.node('import-photos', { files, stored: true }, {}),
    () => Contender.node('import-photos', { files, stored: false }, {}),
    () => Contender.start('Pillow', python, [script, JSON.stringify({ files })]),
  ];
  return withContenders(starts, async (contenders) => {
    progress.stage(`Importing ${files.length} photographs of ${what}, in turns`);
    // More often where a turn is short, also before it counts, so that V8 has compiled everything.
    const turns = contenders.map((contender) => ({ contender, repeat: files.length > 100 ? 5 : 1 }));
    const summary = ({ samples, cpuMs }: Measured) => ({
      wall: summarise(samples),
      cpu: summarise(cpuMs.map((ms) => ms / files.length)),
    });
    const [whole, checked, pillow] = (await takeTurnsWithCpu(turns, ROUNDS)).map(summary);
    return { whole: whole!, checked: checked!, pillow: pillow! };
  });
}
