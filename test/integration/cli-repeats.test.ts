import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/** The same recipe trained several times: with several seeds, and on several folds. */

const folder = temporaryFolder();
const project = path.join(folder, 'repeats.twofold');
const train = ['train', project, ...QUICK, '--no-augment', '--epochs', '2'];

beforeAll(async () => {
  await done('import', sampleFolder(12, path.join(folder, 'pictures')), '--project', project);
});

it('train --seeds trains a run for each seed and gives mean and spread', async () => {
  const { code, events } = await run(...train, '--seeds', '3', '--seed', '5', '--json');
  expect(code).toBe(0);
  const trained = events.filter(({ event }) => event === 'trained');
  expect(trained.map(({ run: id, seed }) => [id, seed])).toEqual([
    ['r1', 5],
    ['r2', 6],
    ['r3', 7],
  ]);
  const accuracies = trained.map(({ valAccuracy }) => valAccuracy as number);
  const last = events.at(-1)!;
  expect(last).toMatchObject({
    event: 'done',
    runs: trained.map(({ run: id, seed, valAccuracy }) => ({ run: id, seed, valAccuracy })),
    accuracy: { count: 3, min: Math.min(...accuracies), max: Math.max(...accuracies) },
  });
  // The run of a seed is the one that the seed alone gives.
  const alone = await done(...train, '--seed', '6');
  expect(alone.valLoss as number).toBeCloseTo(trained[1]!.valLoss as number, 5);
  const { stdout } = await run(...train, '--seeds', '2');
  expect(stdout).toMatch(
    /2 runs with seeds 1, 2: validation accuracy [\d.]+% on average \(standard deviation/,
  );
});

it('train --seeds can’t be combined with --resume', async () => {
  const { code, stderr } = await run('train', project, '--resume', '--seeds', '2');
  expect(code).toBe(2);
  expect(stderr).toContain('--seeds');
});

it('train --folds predicts every labelled picture out of fold, and creates no run', async () => {
  const before = await run('runs', project, '--json');
  const { code, events } = await run(...train, '--folds', '4', '--json');
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === 'fold').map(({ fold }) => fold)).toEqual([1, 2, 3, 4]);
  const last = events.at(-1) as unknown as {
    evaluation: { count: number; accuracy: { value: number; low: number; high: number }; loss: number };
    accuracy: { count: number; mean: number };
    accuracies: number[];
  };
  expect(last.evaluation.count).toBe(24);
  // 4 folds of 6 pictures each, so the mean of the folds is the accuracy of all pictures.
  expect(last.accuracies).toHaveLength(4);
  expect(last.accuracy).toMatchObject({ count: 4 });
  expect(last.accuracy.mean).toBeCloseTo(last.evaluation.accuracy.value, 12);
  expect(last.evaluation.accuracy.low).toBeLessThan(last.evaluation.accuracy.value);
  expect((await run('runs', project, '--json')).stdout).toBe(before.stdout);
  const { stdout } = await run(...train, '--folds', '4');
  expect(stdout).toContain('Cross-validation over 4 folds: accuracy');
  expect(stdout).toContain('on 24 out-of-fold pictures');
});

it('train --folds gives the same with the classes swapped, the other way round', async () => {
  const options = ['--folds', '3', '--class-weights'];
  const before = await done(...train, ...options, '1:2');
  await done('labels', project, '--swap');
  const after = await done(...train, ...options, '2:1');
  await done('labels', project, '--swap');
  const { confusion, loss } = before.evaluation as { confusion: number[][]; loss: number };
  expect(after.evaluation).toMatchObject({
    confusion: confusion.map((row) => row.toReversed()).toReversed(),
    loss: expect.closeTo(loss, 6) as number,
  });
});

it.each([
  [['--folds', '2'], 'Expected a whole number from 3 to 100.'],
  [['--folds', '13'], '"flags" has 12 different pictures'],
  [['--folds', '3', '--seeds', '3'], "--folds and --seeds can't be used together"],
])('train %j is refused', async (options, message) => {
  const { code, stderr } = await run('train', project, ...options);
  expect(code).not.toBe(0);
  expect(stderr).toContain(message);
});
