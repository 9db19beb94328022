import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/** Classes of very different size, as the command line shows them and weights them. */

const folder = temporaryFolder();
const project = path.join(folder, 'traps.twofold');
const train = ['train', project, ...QUICK, '--no-augment', '--epochs', '2'];

beforeAll(async () => {
  const pictures = sampleFolder(30, path.join(folder, 'pictures'));
  for (const name of readdirSync(path.join(pictures, 'smileys')).sort().slice(8)) {
    rmSync(path.join(pictures, 'smileys', name));
  }
  await done('import', pictures, '--project', project);
});

describe('train with unbalanced classes', () => {
  it('warns of them with the counts, and says what to do', async () => {
    const { code, events } = await run(...train, '--json');
    expect(code).toBe(0);
    const { train: counts } = events.find(({ event }) => event === 'split') as unknown as { train: number[] };
    expect(events.find(({ event }) => event === 'imbalance')).toEqual({
      event: 'imbalance',
      train: counts,
      ratio: counts[0]! / counts[1]!,
    });
    const { stderr } = await run(...train);
    expect(stderr).toContain(
      `Unbalanced classes: ${counts[0]} training pictures of "flags" and ${counts[1]} of "smileys".`,
    );
    expect(stderr).toContain('--class-weights balanced');
  });

  it('weights them on request, and records it with the run', async () => {
    const { events } = await run(...train, '--class-weights', 'balanced', '--json');
    expect(events.some(({ event }) => event === 'imbalance')).toBe(false);
    const { train: counts } = events.find(({ event }) => event === 'split') as unknown as { train: number[] };
    const [zero, one] = counts as [number, number];
    const balanced = events.filter(({ event }) => event === 'epoch');
    const weights = [zero, one].map((count) => String(Number(((zero + one) / (2 * count)).toFixed(6))));
    const given = await run(...train, '--class-weights', weights.join(':'), '--json');
    const same = given.events.filter(({ event }) => event === 'epoch');
    expect(balanced).toHaveLength(2);
    balanced.forEach(({ loss, valLoss }, index) => {
      expect(loss as number).toBeCloseTo(same[index]!.loss as number, 4);
      expect(valLoss as number).toBeCloseTo(same[index]!.valLoss as number, 4);
    });
    const runs = await run('runs', project, '--json');
    const kept = runs.events.filter(({ event }) => event === 'run').map(({ recipe }) => recipe);
    expect(kept.map((recipe) => (recipe as { classWeights: string }).classWeights)).toEqual([
      weights.join(':'),
      'balanced',
      'none',
      'none',
    ]);
  });
});
