import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { lookAlikeSteps, type LookAlikeGroup, type NearPairs } from '../../../main/insight/look-alikes.ts';
import { seededGenerator } from '../../../main/support/random.ts';
import { finish } from '../../../main/support/steps.ts';
import { GroupPlaces } from '../../../renderer/lib/group-places.ts';

function pairs(...given: [number, number, number][]): NearPairs {
  return {
    a: Int32Array.from(given, ([a]) => a),
    b: Int32Array.from(given, ([, b]) => b),
    similarities: Float32Array.from(given, ([, , similarity]) => similarity),
  };
}

const everyone = (): boolean => true;

function lookAlikes(
  rows: number,
  near: NearPairs,
  least: number,
  isIn: (row: number) => boolean,
): LookAlikeGroup[] {
  const takesPart = Uint8Array.from({ length: rows }, (_, row) => Number(isIn(row)));
  return finish(lookAlikeSteps(near, least, takesPart));
}

describe('groups of look-alikes', () => {
  it('connect rows with the one that most are alike to, not by chains', () => {
    // 0 – 1 – 2 – 3 – 4: rows 1 and 3 have two neighbours each.
    const chain = pairs([1, 0, 0.9], [2, 1, 0.9], [3, 2, 0.9], [4, 3, 0.9]);
    expect(lookAlikes(5, chain, 0.875, everyone)).toEqual([
      [1, 0, 2],
      [3, 4],
    ]);
    expect(lookAlikes(5, chain, 0.95, everyone)).toEqual([]);
  });

  it('list the most similar first, and leave out rows that take no part', () => {
    const star = pairs([1, 0, 0.875], [2, 0, 0.9375], [3, 0, 0.96875]);
    expect(lookAlikes(4, star, 0.8, everyone)).toEqual([[0, 3, 2, 1]]);
    expect(lookAlikes(4, star, 0.8, (row) => row !== 2)).toEqual([[0, 3, 1]]);
    expect(lookAlikes(4, star, 0.8, (row) => row !== 0)).toEqual([]);
  });

  it('hold to the least similarity and leave no pair ungrouped, on random pairs', () => {
    const random = seededGenerator(3);
    const rows = 300;
    const similarity = new Map<string, number>();
    const given = Array.from({ length: 1500 }, (): [number, number, number] => {
      const a = 1 + Math.floor(uniformFloat64(random) * (rows - 1));
      return [a, Math.floor(uniformFloat64(random) * a), 0.8 + 0.2 * uniformFloat64(random)];
    }).filter(([a, b]) => !similarity.has(`${a} ${b}`) && similarity.set(`${a} ${b}`, 0));
    for (const [a, b, value] of given) {
      similarity.set(`${a} ${b}`, value).set(`${b} ${a}`, value);
    }
    const groups = lookAlikes(rows, pairs(...given), 0.9, everyone);
    expect(groups.length).toBeGreaterThan(20);
    const grouped = groups.flat();
    expect(new Set(grouped).size).toBe(grouped.length);
    for (const [leader, ...members] of groups) {
      for (const member of members)
        expect(similarity.get(`${leader!} ${member}`)).toBeGreaterThanOrEqual(0.9);
    }
    const isGrouped = new Set(grouped);
    const left = given.filter(([a, b, value]) => value > 0.9001 && !isGrouped.has(a) && !isGrouped.has(b));
    expect(left).toEqual([]);
    const sizes = groups.map(({ length }) => length);
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
  });
});

describe('places of groups in a list', () => {
  it('are found from any picture of them', () => {
    const places = new GroupPlaces(Uint32Array.of(3, 2, 2));
    expect([0, 1, 2, 3, 4, 5, 6, 7, -1].map((index) => places.at(index))).toEqual([
      0, 0, 0, 1, 1, 2, 2, -1, -1,
    ]);
    expect([0, 1, 2, 3, 5, 6, 7].map((index) => places.sizeFrom(index))).toEqual([3, 0, 0, 2, 2, 0, 0]);
    expect([0, 1, 2].map((group) => places.range(group))).toEqual([
      [0, 3],
      [3, 5],
      [5, 7],
    ]);
    expect(new GroupPlaces(new Uint32Array()).at(0)).toBe(-1);
  });
});
