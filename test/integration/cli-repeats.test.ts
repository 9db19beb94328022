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

it('train --seeds goes with no run that is resumed', async () => {
  const { code, stderr } = await run('train', project, '--resume', '--seeds', '2');
  expect(code).toBe(2);
  expect(stderr).toContain('--seeds');
});
