import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import { pictureRng } from '../../main/pictures/random.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { Benchmark } from './benchmark.ts';
import { Contender, withContenders } from './contender.ts';
import { benchFolder } from './folders.ts';
import { composeOne, unpackStamps } from './photograph-sets.ts';
import { PHOTOGRAPHS } from './photograph-list.ts';
import { HEIGHT, photographs, WIDTH } from './photographs.ts';
import { twofold } from './twofold.ts';

type Picture = ReturnType<typeof sharp>;

/** What is planted of every photograph. */
const COPIES: Record<string, (original: Picture, n: number) => Picture> = {
  'JPEG quality 40': (original) => original.jpeg({ quality: 40 }),
  'half size': (original) => original.resize(WIDTH / 2, Math.round(HEIGHT / 2)),
  'crop of 5%': (original, n) => {
    const random = pictureRng(1, n, 2);
    const [width, height] = [Math.round(0.95 * WIDTH), Math.round(0.95 * HEIGHT)];
    const left = Math.floor((WIDTH - width) * random());
    return original.extract({ left, top: Math.floor((HEIGHT - height) * random()), width, height });
  },
  'brightness + 25%': (original) => original.linear(1.25, 0),
  mirrored: (original) => original.flop(),
};
const NAMES = Object.keys(COPIES);
/** The copies that must stay with the original. */
const REQUIRED = 4;
const MANY = 100_000;
/** A part of them, from which the time is scaled by the square. */
const PART = 25_000;

/** Copies of photographs that are found, different photographs that are taken for copies, and the time for many. */
export const benchmark: Benchmark = {
  name: 'duplicates',
  title: 'planted copies of photographs that are found, and the time to compare 100,000 pictures',
  run: async ({ full, progress }) => {
    const parent = await mkdtemp(join(benchFolder(), 'duplicates-'));
    try {
      const originals = await plant(join(parent, 'pictures'), join(parent, 'package'), progress);
      progress.stage(`Looking for copies of ${originals} photographs`);
      const path = join(parent, 'copies.twofold');
      await twofold(['import', join(parent, 'pictures'), '--project', path]);
      const events = await twofold(['duplicates', path]);
      const groups = new Map<unknown, string[]>();
      for (const { event, fields } of events) {
        if (event !== 'duplicate') continue;
        const name = basename(String(fields.path), '.jpg');
        groups.set(fields.group, [...(groups.get(fields.group) ?? []), name]);
      }
      const found = NAMES.map((_, copy) => share([...groups.values()], originals, copy));
      const { shown, wrong, overlapping } = countPairs([...groups.values()]);
      const pictures = full ? MANY : PART;
      progress.stage(`Comparing ${pictures.toLocaleString('en')} pictures`);
      const [ms] = await withContenders(
        [() => Contender.node('all-pairs', { pictures }, TENSORFLOW_ENV)],
        ([contender]) => contender!.measure(1),
      );
      return {
        measurements: [
          {
            what: 'copies found, the worst of the first four kinds',
            unit: '%',
            value: 100 * Math.min(...found.slice(0, REQUIRED)),
            baseline: { what: 'mirrored ones', value: 100 * found[REQUIRED]! },
            target: { of: 'value', limit: 99, better: 'higher' },
          },
          {
            what: 'different photographs among 1,000 pairs shown',
            unit: 'pairs',
            value: (1000 * wrong) / shown,
            target: { of: 'value', limit: 1, better: 'lower' },
          },
          {
            what: `all pairs of ${MANY.toLocaleString('en')} pictures${full ? '' : ', scaled'}`,
            unit: 's',
            value: (ms! / 1000) * (MANY / pictures) ** 2,
            target: { of: 'value', limit: 60, better: 'lower' },
          },
        ],
        details: {
          originals,
          found: Object.fromEntries(NAMES.map((name, copy) => [name, found[copy]])),
          pairs: shown,
          wrong,
          overlapping,
          comparedMs: ms,
          compared: pictures,
        },
        notes: [NAMES.map((name, copy) => `${name} ${(100 * found[copy]!).toFixed(1)}%`).join(', ')],
      };
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  },
};

/** Writes one picture of each photograph with its copies: `12-original.jpg`, `12-0.jpg`, … @returns how many photographs */
async function plant(folder: string, packages: string, progress: Progress): Promise<number> {
  const landscapes = join(
    await photographs({ train: 2 * GROUNDS, validation: 400 }, progress),
    'train',
    'landscape',
  );
  const grounds = (await readdir(landscapes)).sort();
  const stamps = await unpackStamps(packages, progress);
  const nature = [...stamps].filter(([path]) => /^(animals|plants|food)\//.test(path));
  progress.stage('Planting copies');
  await mkdir(folder, { recursive: true });
  for (const [n, [, stamp]] of nature.entries()) {
    const target = join(folder, `${n}-original.jpg`);
    await composeOne({ stamp, ground: join(landscapes, grounds[groundOf(n)]!), n, target });
    for (const [copy, make] of Object.values(COPIES).entries()) {
      const bytes = await make(sharp(target), n)
        .jpeg({ quality: copy === 0 ? 40 : 88 })
        .toBuffer();
      await writeFile(join(folder, `${n}-${copy}.jpg`), bytes);
    }
  }
  return nature.length;
}

/** Share of the photographs whose copy is in the group of the original. */
function share(groups: readonly string[][], originals: number, copy: number): number {
  let found = 0;
  for (const group of groups) {
    const names = new Set(group);
    for (let n = 0; n < originals; n++) {
      if (names.has(`${n}-original`) && names.has(`${n}-${copy}`)) found++;
    }
  }
  return found / originals;
}

/** The landscapes before which the stamps are put are pieces of so many photographs, in turn. */
const LANDSCAPES = PHOTOGRAPHS.filter((one) => one.class === 'landscape' && one.split === 'train').length;
const GROUNDS = 300;
const groundOf = (n: number): number => (n * 7) % GROUNDS;
const landscapeOf = (n: number): number => groundOf(n) % LANDSCAPES;

/**
 * Pairs that are shown in one group, and those of them that are of different photographs: neither the thing in front nor the
 * landscape behind it is the same, of which the pieces overlap.
 */
function countPairs(groups: readonly string[][]): { shown: number; wrong: number; overlapping: number } {
  let [shown, wrong, overlapping] = [0, 0, 0];
  for (const group of groups) {
    const numbers = group.map((name) => Number(name.split('-')[0]));
    for (const [index, one] of numbers.entries()) {
      for (const other of numbers.slice(0, index)) {
        shown++;
        if (landscapeOf(one) !== landscapeOf(other)) wrong++;
        else if (one !== other) overlapping++;
      }
    }
  }
  return { shown, wrong, overlapping };
}
