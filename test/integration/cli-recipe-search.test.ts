import path from 'node:path';
import { expect, test } from 'vitest';
import type { FeatureScore } from '../../shared/recipe-search.ts';
import { done, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

const PER_CLASS = 12;

test('layers and sizes are compared on the same labelled pictures, beside the current recipe', async () => {
  const project = path.join(temporaryFolder(), 'compared');
  await done('import', sampleFolder(PER_CLASS), '--project', project);
  const search = ['recipe-search', project, '--cuts', 'mixed0,mixed1', '--sizes', '75'];
  const found = await run(...search, '--json');
  expect(found.code, found.stderr).toBe(0);
  const scores = found.events.filter(({ event }) => event === 'choice') as unknown as FeatureScore[];
  expect(scores.map(({ cut, size }) => `${cut} ${size}`).sort()).toEqual([
    'mixed0 75',
    'mixed1 75',
    'mixed7 150',
  ]);
  const accuracies = scores.map(({ accuracy }) => accuracy.value);
  expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
  const current = scores.find(({ isCurrent }) => isCurrent)!;
  expect(current).toMatchObject({ cut: 'mixed7', size: 150, onlyThis: 0, onlyCurrent: 0, p: 1 });
  expect(found.events.at(-1)).toMatchObject({ event: 'done', pictures: 2 * PER_CLASS });
  for (const { accuracy, onlyThis, onlyCurrent, msPerPicture, p } of scores) {
    const gained = Math.round((accuracy.value - current.accuracy.value) * 2 * PER_CLASS);
    expect(onlyThis - onlyCurrent).toBe(gained);
    expect(accuracy.low).toBeLessThan(accuracy.value);
    expect(msPerPicture).toBeGreaterThan(0);
    expect(p).toBeGreaterThan(0);
  }
  // mixed7 at 150 runs about ten times as many operations as mixed0 at 75.
  const small = scores.find(({ cut }) => cut === 'mixed0')!;
  expect(current.msPerPicture).toBeGreaterThan(small.msPerPicture);

  const again = await run(...search, '--json');
  const untimed = ({ msPerPicture: _, ...score }: FeatureScore): object => score;
  const repeated = again.events.filter(({ event }) => event === 'choice') as unknown as FeatureScore[];
  expect(repeated.map(untimed)).toEqual(expect.arrayContaining(scores.map(untimed)));
}, 240_000);

test('what can not be compared is said, and nothing is guessed', async () => {
  const project = path.join(temporaryFolder(), 'refused');
  await done('import', sampleFolder(1), '--project', project);
  const few = await run('recipe-search', project);
  expect(few.code).toBe(1);
  expect(few.stderr).toMatch(/at least two labelled pictures of each class .* there are 1 and 1/);
  await done('import', sampleFolder(4), '--project', project);
  const unknown = await run('recipe-search', project, '--cuts', 'mixed77');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('mixed77');
  const zero = await run('recipe-search', project, '--sizes', '0');
  expect(zero.code).toBe(2);
  expect(zero.stderr).toContain('--sizes');
}, 120_000);
