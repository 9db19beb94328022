import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, test } from 'vitest';
import { hexNames, sortedHashes } from '../../main/insight/hashes.ts';
import { forAWhile } from '../../main/support/for-a-while.ts';
import { seededGenerator } from '../../main/support/random.ts';
import { sortedPlaces } from '../../main/support/sorted-places.ts';
import { eachIndex, finish, SharedSteps, type Steps } from '../../main/support/steps.ts';

function* counting(to: number, seen: number[] = []): Steps<string> {
  for (let number = 1; number < to; number++) {
    seen.push(number);
    yield;
  }
  return 'done';
}

test('a turn ends after the first step where something urgent waits, and the next goes on there', async () => {
  const seen: number[] = [];
  const steps = counting(100, seen);
  expect(await forAWhile(steps, () => true)).toBeNull();
  expect(seen).toEqual([1]);
  expect(await forAWhile(steps, () => seen.length >= 5)).toBeNull();
  expect(seen.length).toBe(5);
  expect(await forAWhile(steps, () => false)).toEqual({ value: 'done' });
});

test('a turn of endless work ends by itself', async () => {
  function* endless(): Steps<never> {
    for (;;) yield;
  }
  expect(await forAWhile(endless(), () => false)).toBeNull();
});

test('work that several wait for is done once, by whoever asks for its next step', () => {
  const seen: number[] = [];
  const shared = new SharedSteps(counting(4, seen));
  const [one, other] = [shared.wait(), shared.wait()];
  one.next();
  other.next();
  other.next();
  expect(seen).toEqual([1, 2, 3]);
  expect(one.next()).toEqual({ done: true, value: 'done' });
  expect(finish(other)).toBe('done');
  expect(finish(shared.wait())).toBe('done');
});

test('work that fails, fails for all who wait for it', () => {
  function* failing(): Steps<string> {
    yield;
    throw new Error('broken');
  }
  const shared = new SharedSteps(failing());
  const [one, other] = [shared.wait(), shared.wait()];
  one.next();
  expect(() => finish(other)).toThrow('broken');
  expect(() => finish(one)).toThrow('broken');
});

test('each index is visited once, in order', () => {
  const seen: number[] = [];
  const steps = eachIndex(7, 3, (index) => seen.push(index));
  steps.next();
  expect(seen).toEqual([0, 1, 2]);
  finish(steps);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('places are sorted as by comparison: negative, equal, tiny and infinite keys', () => {
  const random = seededGenerator(1);
  const special = [0, -0, Infinity, -Infinity, 5e-324, -5e-324, 1e308, -1e308, 1, 1, -1, -1, NaN, -NaN];
  const keys = Float64Array.from({ length: 3000 }, (_, place) =>
    place % 4 === 0
      ? special[(place / 4) % special.length]!
      : Math.round(40 * uniformFloat64(random) - 20) / 7,
  );
  const larger = (place: number): number => (Number.isNaN(keys[place]) ? 1 : 0);
  const expected = [...keys.keys()].sort(
    (a, b) => larger(a) - larger(b) || (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0) || a - b,
  );
  expect([...sortedPlaces(keys)]).toEqual(expected);
  expect(sortedPlaces(new Float64Array())).toEqual(new Uint32Array());
  expect([...sortedPlaces(Float64Array.of(3, 3, 3))]).toEqual([0, 1, 2]);
});

test('hashes are read and sorted as text', () => {
  const random = seededGenerator(2);
  const bytes = Uint8Array.from({ length: 32 * 5000 }, () => Math.floor(256 * uniformFloat64(random)));
  const names = finish(hexNames(bytes));
  expect(names.length).toBe(5000);
  expect(names[4999]).toBe(Buffer.from(bytes.subarray(32 * 4999)).toString('hex'));
  expect(finish(sortedHashes(names))).toEqual(names.toSorted());
});
