import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { fitProbe, predictProbe } from '../../main/insight/probe.ts';
import { selectiveGuarantee } from '../../main/insight/selective.ts';
import { seededGenerator } from '../../main/support/random.ts';
import { probabilityOf, type Scored } from '../../shared/metrics.ts';
import type { ClassGuarantee } from '../../shared/unsure.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { indexedSets, type IndexedSet, type Labelled } from './indexed-sets.ts';
import { KnownPopulation } from './known-population.ts';
import { mean } from './statistics.ts';

const RISK = 0.05;
const RESPLITS = 1000;
/** Pictures that a rule is computed from: validation sets of different sizes. */
const DRAWN = [400, 1000] as const;
/** Share of the pictures that must be answerable for a target. */
const LEAST_POSSIBLE = 0.2;
const CONFIDENTLY_WRONG = 'the most confident wrong';
/** Of the 1,000 photographs themselves. */
const DRAWN_PHOTOGRAPHS = 400;

/**
 * Whether the guarantee of an unsure answer holds, on real scores of three sets of photographs, from easy to hard, and on the
 * easiest with wrong labels among the most confident. A rule is computed from 400 or 1,000 pictures and compared
 * with the known error rate of the population that they were drawn from. A resplit without a rule makes no promise and is counted apart.
 */
export const benchmark: Benchmark = {
  name: 'coverage',
  title: `how often the guarantee of an unsure answer is broken, in ${RESPLITS} draws of ${DRAWN.join(' and ')} photographs, and the share answered`,
  run: async ({ progress }) => {
    const sets = (await indexedSets(progress)).map((set) => ({ name: set.name, scored: unseenScores(set) }));
    progress.stage('Drawing pictures');
    const populations = [...sets, confidentlyWrong(sets[0]!)];
    const figures = populations.flatMap(({ name, scored }) =>
      DRAWN.map((drawn) => ({ name: `${name}, ${drawn} pictures`, ...resplit(scored, drawn) })),
    );
    return {
      measurements: figures.flatMap(measurementsOf) as [Measurement, ...Measurement[]],
      details: { risk: RISK, resplits: RESPLITS, figures },
      notes: [
        ...figures.map(
          ({ name, errorRate, ruled, answers }) =>
            `${name}: ${percent(errorRate)} of all predictions are wrong. A rule for at least one class in ${percent(ruled)} of the resplits, which answers ${percent(answers)} of the pictures.`,
        ),
        ...sets.map(({ name, scored }) => {
          const { ruled, wrong } = resplitPhotographs(scored);
          return `${name}, ${DRAWN_PHOTOGRAPHS} of the photographs themselves: a rule in ${percent(ruled)} of the resplits; ${wrong === null ? 'no' : percent(wrong)} of its answers among the others are wrong (mean).`;
        }),
      ],
    };
  },
};

interface Figures {
  /** Share of all predictions that are wrong. */
  errorRate: number;
  /** Of the resplits: with a promise that is broken, the worse of two classes. */
  broken: number;
  /** Of the resplits: with a rule for at least one class. */
  ruled: number;
  /** Share of the pictures that are answered where there is a rule. */
  answers: number;
  /** The same over all resplits, and what could be answered if error rates were known. */
  answered: number;
  possible: number;
}

function resplit(scored: readonly Scored[], drawn: number): Figures {
  const population = new KnownPopulation(scored);
  const random = seededGenerator(15, 0);
  const broken = [0, 0];
  const answers: number[] = [];
  for (let count = 0; count < RESPLITS; count++) {
    const guarantees = selectiveGuarantee(population.draw(drawn, random), { risk: RISK });
    let answered = 0;
    for (const label of [0, 1] as const) {
      const { rate, share } = population.truth(label, guarantees[label].from);
      if (rate > RISK) broken[label]!++;
      answered += share;
    }
    if (guarantees.some(({ from }) => from !== null)) answers.push(answered);
  }
  return {
    errorRate: population.errorRate,
    broken: Math.max(...broken) / RESPLITS,
    ruled: answers.length / RESPLITS,
    answers: answers.length === 0 ? 0 : mean(answers),
    answered: answers.reduce((sum, share) => sum + share / RESPLITS, 0),
    possible: population.possible(RISK),
  };
}

/** Draws from the photographs without replacement: how often there is a rule, and the mean error rate among the others. */
function resplitPhotographs(scored: readonly Scored[]): { ruled: number; wrong: number | null } {
  const random = seededGenerator(15, 1);
  const errors = Array.from({ length: RESPLITS }, () => errorAmongOthers(scored, random)).filter(
    (error) => error !== null,
  );
  return { ruled: errors.length / RESPLITS, wrong: errors.length === 0 ? null : mean(errors) };
}

/** Computes a rule from some of the pictures; the error rate of its answers among the others, null without any. */
function errorAmongOthers(
  scored: readonly Scored[],
  random: ReturnType<typeof seededGenerator>,
): number | null {
  const order = [...scored];
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  const rule = selectiveGuarantee(order.slice(0, DRAWN_PHOTOGRAPHS), { risk: RISK });
  const answered = order.slice(DRAWN_PHOTOGRAPHS).flatMap((one) => {
    const label = answerOf(one, rule);
    return label === null ? [] : [Number(label !== one.label)];
  });
  return answered.length === 0 ? null : mean(answered);
}

function answerOf({ probability }: Scored, rule: readonly [ClassGuarantee, ClassGuarantee]): 0 | 1 | null {
  const label = probability > 0.5 ? 1 : 0;
  const { from } = rule[label];
  return from !== null && probabilityOf(label, probability) >= from ? label : null;
}

/** Every photograph of a set, predicted by a probe that was fitted to the other photographs of its half. */
function unseenScores({ pool, test }: IndexedSet): Scored[] {
  const predict = (fitted: Labelled, asked: Labelled): Scored[] => {
    const probabilities = predictProbe(fitProbe(fitted.matrix, fitted.labels), asked.matrix);
    return asked.labels.map((label, row) => ({ probability: probabilities[row]!, label }));
  };
  return [...predict(pool, test), ...predict(test, pool)];
}

/** The same with every other label wrong among the 4% most confident, as where a model is sure of what it gets wrong. */
function confidentlyWrong({ name, scored }: { name: string; scored: Scored[] }): {
  name: string;
  scored: Scored[];
} {
  const sure = ({ probability }: Scored): number => Math.max(probability, 1 - probability);
  const sorted = [...scored].sort((a, b) => sure(b) - sure(a));
  return {
    name: `${name}, ${CONFIDENTLY_WRONG}`,
    scored: sorted.map((one, rank) =>
      rank < scored.length / 25 && rank % 2 === 0 ? { ...one, label: one.label === 0 ? 1 : 0 } : one,
    ),
  };
}

function measurementsOf({ name, broken, answered, possible }: Figures & { name: string }): Measurement[] {
  // Where the most confident are wrong, or little can be answered, there is mostly no rule.
  const isFair = possible >= LEAST_POSSIBLE && !name.includes(CONFIDENTLY_WRONG);
  return [
    {
      what: `${name}: promise broken, the worse of two classes`,
      unit: '%',
      value: broken * 100,
      target: { of: 'value', limit: 5, better: 'lower' },
    },
    {
      what: `${name}: pictures answered`,
      unit: '%',
      value: answered * 100,
      baseline: { what: 'if error rates were known', value: possible * 100 },
      ...(isFair && { target: { of: 'ratio' as const, limit: 0.5, better: 'higher' as const } }),
    },
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
