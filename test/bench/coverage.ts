import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { runOrThrow } from '../../scripts/setup/child.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import { labelledProbabilities } from '../../main/engine/suggest.ts';
import { knownDuplicates } from '../../main/engine/duplicates.ts';
import { indexModel, readIndex } from '../../main/engine/index-library.ts';
import { selectiveGuarantee } from '../../main/insight/selective.ts';
import { closeProject, openForReading } from '../../main/library/project.ts';
import { seededGenerator } from '../../main/support/random.ts';
import type { Scored } from '../../shared/metrics.ts';
import type { Benchmark } from './benchmark.ts';
import { benchFolder } from './folders.ts';

const RISK = 0.05;
const RESPLITS = 1000;
/** Pictures a guarantee is computed from. */
const DRAWN = 400;

/**
 * Whether the guarantee of an unsure answer holds. The sample pictures with their out-of-fold probabilities are the whole
 * population, so that the true error rate above every border is known; guarantees are computed from pictures drawn from it.
 */
export const benchmark: Benchmark = {
  name: 'coverage',
  title: `how often the guarantee of an unsure answer holds, in ${RESPLITS} draws of ${DRAWN} pictures, and the share answered`,
  run: async ({ progress }) => {
    progress.stage('Out-of-fold probabilities of the sample pictures');
    const population = await samplePopulation();
    progress.stage('Drawing pictures');
    const held = [0, 0];
    let answered = 0;
    const random = seededGenerator(1, 0);
    for (let resplit = 0; resplit < RESPLITS; resplit++) {
      const drawn = Array.from(
        { length: DRAWN },
        () => population[uniformInt(random, 0, population.length - 1)]!,
      );
      selectiveGuarantee(drawn, { risk: RISK }).forEach(({ from }, label) => {
        const { rate, share } = truth(population, label as 0 | 1, from);
        answered += share / RESPLITS;
        // What is never answered is never wrong.
        if (rate <= RISK) held[label]!++;
      });
    }
    const wrong = population.filter(({ probability, label }) => (probability > 0.5 ? 1 : 0) !== label).length;
    const holds = Math.min(...held) / RESPLITS;
    return {
      measurements: [
        {
          what: `guarantee held, the worse of two classes`,
          unit: '%',
          value: holds * 100,
          target: { of: 'value', limit: 95, better: 'higher' },
        },
        { what: 'pictures answered', unit: '%', value: answered * 100 },
      ],
      details: { risk: RISK, resplits: RESPLITS, drawn: DRAWN, population: population.length, wrong, held },
      notes: [
        `Of ${population.length} pictures ${wrong} are predicted wrongly; at most ${RISK * 100}% of the answers of a class may be.`,
      ],
    };
  },
};

/** True error rate of the answers of a class from a border on, and the share of all pictures that they are. */
function truth(
  population: readonly Scored[],
  label: 0 | 1,
  from: number | null,
): { rate: number; share: number } {
  if (from === null) return { rate: 0, share: 0 };
  const answers = population.filter(
    ({ probability }) => (label === 1 ? probability : 1 - probability) >= from,
  );
  const wrong = answers.filter((one) => one.label !== label).length;
  return {
    rate: answers.length === 0 ? 0 : wrong / answers.length,
    share: answers.length / population.length,
  };
}

/** All sample pictures, each predicted by a probe that has not seen it. */
async function samplePopulation(): Promise<Scored[]> {
  await mkdir(benchFolder(), { recursive: true });
  const folder = await mkdtemp(join(benchFolder(), 'coverage-'));
  try {
    const path = join(folder, 'samples.twofold');
    const twofold = (...args: string[]): Promise<string> =>
      runOrThrow(`twofold ${args[0]} failed`, process.execPath, [
        join(ROOT, 'scripts', 'twofold.mjs'),
        ...args,
      ]);
    await twofold('import', join(ROOT, '.cache', 'samples'), '--project', path);
    await twofold('index', path);
    const project = openForReading(path);
    try {
      const model = await indexModel(project);
      const { keys } = await knownDuplicates(project, model);
      return labelledProbabilities(await readIndex(project, model), keys, 1);
    } finally {
      closeProject(project);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
