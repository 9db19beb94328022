import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, it } from 'vitest';
import { normalised } from '../../../main/insight/neighbours.ts';
import { nearestPairs } from '../../../main/jobs/nearest-pairs.ts';
import { seededGenerator } from '../../../main/support/random.ts';

const WIDTH = 16;
const NEAREST = 8;
const LEAST = 0.9;

/** More rows than there are in a block of products, and not a multiple of anything. */
const ROWS = 4459;
const random = seededGenerator(1, ROWS);
const data = Float32Array.from({ length: ROWS * WIDTH }, () => uniformFloat64(random));
const unit = normalised({ rows: ROWS, width: WIDTH, data });

/** One product at a time: among the nearest of a row are only those that come with it in a pair with a new row. */
function expectedPairs(firstNew: number): Set<string> {
  const nearest = Array.from({ length: ROWS }, (): [similarity: number, other: number][] => []);
  for (let a = firstNew; a < ROWS; a++) {
    for (let b = 0; b < a; b++) {
      let similarity = 0;
      for (let column = 0; column < WIDTH; column++)
        similarity += unit.data[a * WIDTH + column]! * unit.data[b * WIDTH + column]!;
      if (similarity < LEAST) continue;
      nearest[a]!.push([similarity, b]);
      nearest[b]!.push([similarity, a]);
    }
  }
  return new Set(
    nearest.flatMap((found, row) =>
      found
        .sort(([one], [other]) => other - one)
        .slice(0, NEAREST)
        .map(([, other]) => `${Math.max(row, other)} ${Math.min(row, other)}`),
    ),
  );
}

it.each([0, 3000])('finds exactly the nearest of every row, new from row %i on', async (firstNew) => {
  const shares: number[] = [];
  const pairs = await nearestPairs(unit, firstNew, LEAST, (share) => {
    shares.push(share);
    return Promise.resolve();
  });
  const expected = expectedPairs(firstNew);
  expect(expected.size).toBeGreaterThan(1000);
  expect(new Set(pairs.map(({ a, b }) => `${a} ${b}`))).toEqual(expected);
  const similarities = pairs.map(({ similarity }) => similarity);
  expect(similarities).toEqual(similarities.toSorted((one, other) => other - one));
  expect(shares.at(-1)).toBe(1);
});
