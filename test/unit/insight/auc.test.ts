import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { aucInterval } from '../../../main/insight/auc.ts';

interface Case {
  labels: number[];
  values: number[];
  value: number;
  low: number;
  high: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../reference/insight/auc.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

it.each(cases.map((one) => [one.labels.length, one] as const))(
  'the interval of a ROC AUC of %i pictures is that of DeLong',
  (_, { labels, values, value, low, high }) => {
    const found = aucInterval(values, labels)!;
    expect(found.value).toBeCloseTo(value, 6);
    expect(found.low).toBeCloseTo(low, 5);
    expect(found.high).toBeCloseTo(high, 5);
  },
);

it('is null with fewer than two pictures of a class', () => {
  expect(aucInterval([1, 2, 3], [0, 0, 1])).toBeNull();
  expect(aucInterval([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({ value: 1, low: 1, high: 1 });
});
