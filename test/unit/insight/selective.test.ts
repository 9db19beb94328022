import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fewestAnswers, selectiveGuarantee, testedCounts } from '../../../main/insight/selective.ts';
import { pictureRng } from '../../../main/pictures/random.ts';
import { probabilityOf, type Scored } from '../../../shared/metrics.ts';

/** Made with SciPy's beta quantiles by test/reference/insight/make_selective.py. */
const reference = JSON.parse(
  readFileSync(new URL('../../reference/insight/selective.json', import.meta.url), 'utf8'),
) as {
  counts: { risk: number; delta: number; most: number; counts: number[] }[];
  cases: {
    name: string;
    risk: number;
    delta: number;
    probabilities: number[];
    labels: (0 | 1)[];
    selected: { answered: number; wrong: number }[];
  }[];
};

describe('the tested numbers of answers', () => {
  it.each(reference.counts)('are those of SciPy’s bounds for $risk at $delta', (expected) => {
    const { risk, delta, most, counts } = expected;
    expect(testedCounts(risk, delta, most)).toEqual(counts);
  });

  it('start with 59 for 5% at 95% confidence', () => {
    expect(fewestAnswers(0.05, 0.05)).toBe(59);
    const sure = (count: number): Scored[] => [
      ...Array.from({ length: count }, (): Scored => ({ probability: 0.9999, label: 1 })),
      ...Array.from({ length: count }, (): Scored => ({ probability: 0.0001, label: 0 })),
    ];
    expect(selectiveGuarantee(sure(58)).map(({ from }) => from)).toEqual([null, null]);
    const [no, yes] = selectiveGuarantee(sure(59));
    expect(no).toMatchObject({ answered: 59, wrong: 0, predicted: 59 });
    expect(yes).toMatchObject({ from: 0.5, errorAtMost: 0.05 });
  });
});

describe('the selected pictures', () => {
  it.each(reference.cases)('are those of SciPy’s bounds: $name', (given) => {
    const { risk, delta, labels, selected } = given;
    const scored = given.probabilities.map((probability, row): Scored => ({
      probability,
      label: labels[row]!,
    }));
    selectiveGuarantee(scored, { risk, delta }).forEach(({ from, answered, wrong }, label) => {
      expect({ answered, wrong }).toEqual(selected[label]);
      // The border answers exactly these pictures.
      const above = scored
        .map(({ probability }) => probabilityOf(label as 0 | 1, probability))
        .filter((confidence) => confidence > 0.5 && from !== null && confidence >= from);
      expect(above).toHaveLength(answered);
    });
  });
});

/**
 * Pictures that are all predicted as class 1, by how sure of them the model is: their share of all pictures, and how often
 * they are wrong. The most confident come first.
 */
type Population = readonly { share: number; wrong: number }[];

const POPULATIONS: { where: string; parts: Population }[] = [
  {
    where: 'the error rate falls with confidence',
    parts: [
      { share: 0.3, wrong: 0.01 },
      { share: 0.3, wrong: 0.08 },
      { share: 0.4, wrong: 0.3 },
    ],
  },
  {
    where: 'the most confident pictures are wrong',
    parts: [
      { share: 0.1, wrong: 0.45 },
      { share: 0.6, wrong: 0.01 },
      { share: 0.3, wrong: 0.4 },
    ],
  },
  { where: 'it is just above the bound everywhere', parts: [{ share: 1, wrong: 0.0501 }] },
  {
    where: 'it crosses the bound several times',
    parts: [
      { share: 0.3, wrong: 0.06 },
      { share: 0.1, wrong: 0.03 },
      { share: 0.1, wrong: 0.07 },
      { share: 0.2, wrong: 0.04 },
      { share: 0.3, wrong: 0.06 },
    ],
  },
];

const BOUND = 0.05;
const SAMPLES = 1000;

describe('the promise', () => {
  it.each(POPULATIONS)('holds in at least 95% of samples where $where', ({ parts: population }) => {
    for (const pictures of [80, 240]) {
      const random = pictureRng(15, pictures, 0);
      let [broken, made] = [0, 0];
      for (let sample = 0; sample < SAMPLES; sample++) {
        const [, { from }] = selectiveGuarantee(draw(population, pictures, random), { risk: BOUND });
        if (from === null) continue;
        made++;
        if (errorRate(population, from) > BOUND) broken++;
      }
      expect(broken / SAMPLES, `${pictures} pictures, ${made} rules`).toBeLessThanOrEqual(0.05);
    }
  });

  it('is given for most pictures of a good model', () => {
    const population = [
      { share: 0.8, wrong: 0.005 },
      { share: 0.2, wrong: 0.3 },
    ];
    const [, { answered }] = selectiveGuarantee(draw(population, 2000, pictureRng(15, 0, 0)));
    expect(answered / 2000).toBeGreaterThan(0.85);
  });
});

/** Pictures of a population; those of a part have confidences spread evenly over its share of 0.5..1. */
function draw(population: Population, count: number, random: () => number): Scored[] {
  return Array.from({ length: count }, () => {
    const rank = random();
    let before = 0;
    const part = population.find(({ share }) => rank < (before += share)) ?? population.at(-1)!;
    return { probability: 1 - rank / 2, label: random() < part.wrong ? 0 : 1 };
  });
}

/** The true error rate of the answers from a probability on. */
function errorRate(population: Population, from: number): number {
  let left = (1 - from) * 2;
  const all = left;
  let wrong = 0;
  for (const part of population) {
    const taken = Math.min(left, part.share);
    wrong += taken * part.wrong;
    left -= taken;
  }
  return wrong / all;
}
