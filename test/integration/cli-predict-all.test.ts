import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { getRunPictures, runProbabilities } from '../../main/library/runs/predictions.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { getPictures } from '../../main/library/pictures/pictures.ts';
import { closeProject, openForReading, type Project } from '../../main/library/project.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder } from '../kit/cli.ts';

const EACH = 100;
const project = path.join(temporaryFolder(), 'all.twofold');
let pictures: string;

/** Reads the library as it is on the disk. */
function read<T>(work: (open: Project) => T): T {
  const open = openForReading(project);
  try {
    return work(open);
  } finally {
    closeProject(open);
  }
}

beforeAll(async () => {
  pictures = sampleFolder(EACH);
  await done('import', pictures, '--project', project);
  // 30 of each class stay labelled.
  const cleared = ['flags', 'smileys'].flatMap((name) =>
    readdirSync(path.join(pictures, name))
      .slice(30)
      .map((file) => path.join(pictures, name, file)),
  );
  await done('label', project, 'clear', ...cleared);
  await done('split', project, 'test', ...cleared.slice(0, 5));
  // Stopped, so that it can be trained further.
  const { child, finished } = start(
    ['train', project, ...QUICK, '--epochs', '20', '--json'],
    ({ event, epoch }) => {
      if (event === 'epoch' && epoch === 2) process.kill(-child.pid!, 'SIGINT');
    },
  );
  await finished;
});

describe('predicting all pictures', () => {
  it('stores every batch, and is resumed after it was killed', async () => {
    const { child, finished } = start(['predict', project, '--all', '--json'], ({ event, done: count }) => {
      if (event === 'progress' && (count as number) >= 50) process.kill(-child.pid!, 'SIGKILL');
    });
    expect((await finished).code).not.toBe(0);
    const before = read(({ db }) => runProbabilities(db, 'r1').ids.length);
    expect(before).toBeGreaterThanOrEqual(50);
    expect(before).toBeLessThan(2 * EACH - 5);
    const { events, code } = await run('predict', project, '--all', '--json');
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({
      run: 'r1',
      predicted: 2 * EACH - 5,
      total: 2 * EACH - 5,
      added: 2 * EACH - 5 - before,
      failed: 0,
    });
    expect(events.filter(({ event }) => event === 'prediction')).toHaveLength(2 * EACH - 5);
  });

  it('gives what predicting the files gives, and nothing for the test set', async () => {
    const stored = read(({ db }) => {
      const { ids, probabilities } = runProbabilities(db, 'r1');
      const rows = getPictures(db, ids);
      expect(rows.some(({ split }) => split === 'test')).toBe(false);
      return new Map(rows.map(({ path: file }, index) => [file, probabilities[index]!]));
    });
    const { events } = await run('predict', project, pictures, '--json');
    const predicted = events.filter(({ event }) => event === 'prediction');
    expect(predicted).toHaveLength(2 * EACH);
    let compared = 0;
    for (const { path: file, probability } of predicted) {
      const own = stored.get(file as string);
      if (own === undefined) continue;
      expect(own).toBeCloseTo(probability as number, 4);
      compared++;
    }
    expect(compared).toBe(2 * EACH - 5);
  });

  it('lets every sort by the run cover all pictures, and leaves the sets of the run alone', () => {
    read(({ db }) => {
      const { ids, probabilities } = runProbabilities(db, 'r1');
      const certainty = new Map(Array.from(ids, (id, at) => [id, Math.abs(probabilities[at]! - 0.5)]));
      const sorted = [...listPictureIds(db, { sort: { by: 'uncertain', run: 'r1' } })];
      const known = sorted.slice(0, ids.length).map((id) => certainty.get(id)!);
      // The sort keeps 28 bits of each score.
      known.slice(1).forEach((value, at) => expect(value).toBeGreaterThanOrEqual(known[at]! - 1e-7));
      expect(sorted.slice(ids.length).every((id) => !certainty.has(id))).toBe(true);
      expect(getRunPictures(db, 'r1').every(({ split }) => split !== null)).toBe(true);
    });
  });

  it('is over when nothing is left, and begins anew for a run that was trained further', async () => {
    expect(await done('predict', project, '--all')).toMatchObject({ added: 0 });
    await done('train', project, '--resume', 'r1', '--epochs', '5');
    const kept = read(({ db }) => runProbabilities(db, 'r1').ids.length);
    expect(kept).toBeLessThan(60);
    expect(await done('predict', project, '--all')).toMatchObject({ added: 2 * EACH - 5 - kept });
  });

  it('skips pictures that are gone, and refuses what fits no project', async () => {
    const { events } = await run('predict', project, '--all', '--json');
    const gone = events.find(({ event }) => event === 'prediction')!.path as string;
    rmSync(gone);
    expect(await done('predict', project, '--all')).toMatchObject({ total: 2 * EACH - 6 });
    expect(await run('predict', project, '--all', pictures)).toMatchObject({ code: 2 });
    expect(await run('predict', path.join(project, 'runs', 'r1'), '--all')).toMatchObject({ code: 2 });
    expect(await run('predict', project)).toMatchObject({ code: 2 });
  });
});
