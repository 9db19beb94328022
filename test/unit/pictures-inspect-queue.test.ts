import { expect, test } from 'vitest';
import type { Result } from '../../shared/errors.ts';
import { InspectQueue } from '../../main/pictures/inspect-queue.ts';
import type { Inspected, InspectOptions } from '../../main/pictures/tasks.ts';

const inspected = (path: string): Result<Inspected> => ({
  ok: true,
  value: { sha256: path, sizeBytes: 1, mtimeMs: 0, width: 1, height: 1, format: 'jpeg' },
});
/** Each file's answer names it, so that answers can't be exchanged unnoticed. */
const nameIn = (answer: Result<Inspected>): string => (answer.ok ? answer.value.sha256 : answer.error.code);
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}.jpg`);

test('sends each thread a fair share, and again what it did not do, in order', async () => {
  const sent: string[][] = [];
  let most = 0;
  let underWay = 0;
  const queue = new InspectQueue(2, async (paths) => {
    most = Math.max(most, ++underWay);
    sent.push(paths);
    await Promise.resolve();
    underWay--;
    return paths.slice(0, 3).map(inspected);
  });
  const options: InspectOptions = {};
  const answers = await Promise.all(names(40).map((path) => queue.add(path, options, undefined)));
  expect(answers.map(nameIn)).toEqual(names(40));
  expect(most).toBe(2);
  // The first two files arrive alone, before the others wait.
  expect(sent.slice(0, 2)).toEqual([['0.jpg'], ['1.jpg']]);
  expect(sent[2]).toHaveLength(16);
  expect(sent.length).toBeLessThan(20);
});

test('a message has files of one signal and the same options only', async () => {
  const sent: [string[], InspectOptions, AbortSignal | undefined][] = [];
  const queue = new InspectQueue(1, (paths, options, signal) => {
    sent.push([paths, options, signal]);
    return Promise.resolve(paths.map(inspected));
  });
  const [one, other]: InspectOptions[] = [{}, { maxPixels: 5 }];
  const { signal } = new AbortController();
  await Promise.all([
    queue.add('first', one!, undefined),
    queue.add('a', one!, undefined),
    queue.add('b', one!, undefined),
    queue.add('c', other!, undefined),
    queue.add('d', other!, signal),
  ]);
  expect(sent).toEqual([
    [['first'], one, undefined],
    [['a', 'b'], one, undefined],
    [['c'], other, undefined],
    [['d'], other, signal],
  ]);
});

test('a message that fails rejects its files, and the next are inspected', async () => {
  const queue = new InspectQueue(1, (paths) =>
    paths.includes('bad') ? Promise.reject(new Error('crashed')) : Promise.resolve(paths.map(inspected)),
  );
  const [options, others]: InspectOptions[] = [{}, {}];
  const settled = await Promise.allSettled([
    queue.add('first', options!, undefined),
    queue.add('bad', options!, undefined),
    queue.add('beside', options!, undefined),
    queue.add('next', others!, undefined),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
});
