import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../main/engine/compare-runs.ts';
import { comparisonSentence } from '../../shared/run-comparison.ts';
import type { Project } from '../../main/library/folder.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { setSplit } from '../../main/library/pictures/pictures.ts';
import { saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun, getRun, updateRun } from '../../main/library/runs/runs.ts';
import { updateSettings } from '../../main/library/settings.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

const COUNT = 40;

/** Pictures 1 to 40, of which the odd ones are class 1. */
function library(): Project {
  const project = newProject(temporaryFolder(), ['cat', 'dog']);
  fillLibrary(project, COUNT);
  for (const label of [0, 1] as const) {
    setLabels(
      project.db,
      Array.from({ length: COUNT / 2 }, (_, index) => 2 * index + (label === 1 ? 1 : 2)),
      label,
      'mouse',
    );
  }
  return project;
}

/** A run that validated on pictures `from` to `to` and is wrong on some of them. */
async function runWith(
  { db }: Project,
  from: number,
  to: number,
  wrong: readonly number[],
): Promise<RunRecord> {
  const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
  const pictures = Array.from({ length: to - from + 1 }, (_, index) => {
    const picture = from + index;
    const isDog = (picture % 2 === 1) !== wrong.includes(picture);
    return { id: picture, split: 'validation' as const, probability: isDog ? 0.7 : 0.3 };
  });
  await saveRunPictures(db, id, pictures);
  updateRun(db, id, { status: 'done', bestEpoch: 1 });
  return getRun(db, id);
}

describe('two runs compared', () => {
  it('use only pictures that both were validated on and that are still labelled outside the test set', async () => {
    const project = library();
    const first = await runWith(project, 1, 30, [1, 11, 12, 13, 14]);
    const second = await runWith(project, 11, 40, [14, 15]);
    setLabels(project.db, [12], null, 'mouse');
    setSplit(project.db, [13], 'test');
    const found = compareRuns(project.db, first, second);
    expect(found).toMatchObject({ pictures: 18, onlyFirst: [15], onlySecond: [11], p: 1 });
    expect(found.accuracy.map(({ value }) => value)).toEqual([16 / 18, 16 / 18]);
  });

  it('use the project’s threshold', async () => {
    const project = library();
    const first = await runWith(project, 1, 40, []);
    const second = await runWith(project, 1, 40, []);
    updateSettings(project.db, { threshold: 0.8 });
    const { accuracy } = compareRuns(project.db, first, second);
    expect(accuracy[0].value).toBe(0.5);
  });

  it('say what differs and whether it could be chance', async () => {
    const project = library();
    const first = await runWith(project, 1, 40, [1, 2, 3, 4, 5, 6, 7]);
    const second = await runWith(project, 1, 40, [1]);
    const better = comparisonSentence(compareRuns(project.db, first, second), ['Run 1', 'Run 2']);
    expect(better).toBe(
      'Run 2 is right on 6 pictures that Run 1 got wrong, and wrong on 0 that Run 1 got right; that is unlikely to be chance (p = 0.03).',
    );
    const same = comparisonSentence(compareRuns(project.db, first, first), ['Run 1', 'Run 2']);
    expect(same).toBe('Run 1 and Run 2 are right on the same pictures.');
  });

  it('are refused without a picture in common', async () => {
    const project = library();
    const first = await runWith(project, 1, 10, []);
    const second = await runWith(project, 11, 20, []);
    expect(() => compareRuns(project.db, first, second)).toThrow('no labelled validation picture in common');
  });
});
