import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import path from 'node:path';
import { getClasses, nameClasses, setClasses } from '../../main/library/labels/classes.ts';
import { isSwapped, runFilesDue } from '../../main/library/labels/class-order.ts';
import { openDatabase } from '../../main/library/database/database.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { noCounts, startImport } from '../../main/library/import/imports.ts';
import { labelRows } from '../../main/library/labels/labels-csv.ts';
import {
  explainLabel,
  redo,
  setLabels,
  swapClasses,
  undo,
  undoState,
} from '../../main/library/labels/labels.ts';
import { MIGRATIONS } from '../../main/library/database/migrations/index.ts';
import { removePictures } from '../../main/library/labels/removal.ts';
import { getCounts, getPictures, setSplit, trainingSet } from '../../main/library/pictures/pictures.ts';
import { getRunPictures, saveRunPictures } from '../../main/library/runs/predictions.ts';
import { closeProject, openProject, type Project } from '../../main/library/project.ts';
import { createRun, getRun, listRuns, updateRun } from '../../main/library/runs/runs.ts';
import { getSettings, updateSettings } from '../../main/library/settings.ts';
import type { LabelValue } from '../../shared/library/labels.ts';
import { pictureQuerySchema } from '../../shared/library/query.ts';
import { classAt, evaluate, type Scored } from '../../shared/metrics.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { swapEvaluation, swapThreshold } from '../../shared/swap.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

const COUNT = 8;

function library(): Project {
  const project = newProject(temporaryFolder(), ['cat', 'dog']);
  fillLibrary(project, COUNT);
  return project;
}

/** What a person sees of every picture: the name of its class, whichever index that has. */
function named({ db }: Project): (string | null)[] {
  const names = getClasses(db).map(({ name }) => name);
  return getPictures(db, listPictureIds(db)).map(({ label }) =>
    typeof label === 'number' ? names[label]! : label,
  );
}

type Step = { do: 'label'; ids: number[]; label: LabelValue } | { do: 'swap' | 'undo' | 'redo' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('label' as const),
    ids: fc.array(fc.integer({ min: 1, max: COUNT }), { minLength: 1, maxLength: 5 }),
    label: fc.constantFrom<LabelValue>(0, 1, 'skipped', null),
  }),
  fc.record({ do: fc.constantFrom('swap' as const, 'undo' as const, 'redo' as const) }),
);

interface State {
  classes: string[];
  labels: (string | null)[];
}

describe('swapping the classes', () => {
  test('mixed with labels, undo and redo, matches a list of states', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const project = library();
        const { db } = project;
        let states: State[] = [{ classes: ['cat', 'dog'], labels: Array<null>(COUNT).fill(null) }];
        let at = 0;
        const push = (state: State): void => {
          states = [...states.slice(0, at + 1), state];
          at++;
        };
        for (const action of steps) {
          const { classes, labels } = states[at]!;
          if (action.do === 'swap') {
            expect(swapClasses(db, 'mouse')).toMatchObject({ changes: [], swapped: true });
            push({ classes: classes.toReversed(), labels });
          } else if (action.do === 'label') {
            const { label } = action;
            const name = typeof label === 'number' ? classes[label]! : label;
            setLabels(db, action.ids, label, 'mouse');
            const next = labels.map((old, index) => (action.ids.includes(index + 1) ? name : old));
            if (next.some((value, index) => value !== labels[index])) push({ classes, labels: next });
          } else if (action.do === 'undo') {
            undo(db, 'key');
            at = Math.max(0, at - 1);
          } else {
            redo(db, 'key');
            at = Math.min(states.length - 1, at + 1);
          }
          expect({ classes: getClasses(db).map(({ name }) => name), labels: named(project) }).toEqual(
            states[at],
          );
        }
        const now = states[at]!;
        expect(getCounts(db).classes).toEqual(
          now.classes.map((name) => now.labels.filter((label) => label === name).length),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('swaps everything that refers to a class by its index, and back', async () => {
    const { db } = library();
    setLabels(db, [1, 2, 3], 1, 'mouse');
    setLabels(db, [4, 5], 0, 'mouse');
    setLabels(db, [6], 'skipped', 'mouse');
    setSplit(db, [1], 'test');
    const [zero, one] = getClasses(db);
    setClasses(db, [zero, { ...one, color: '#123456' }]);
    const weighted = { ...DEFAULT_RECIPE, classWeights: '1:3' };
    const { id } = createRun(db, { recipe: weighted });
    const said = [
      { id: 1, split: 'test' as const, probability: 0.75, outOfSample: 0.25 },
      { id: 5, split: 'train' as const, probability: 0.875, outOfSample: null },
    ];
    await saveRunPictures(db, id, said);
    const metrics = {
      valLoss: 0.5,
      evaluation: { ...sample(), threshold: 0.5 },
      counts: { train: [5, 6], validation: [2, 1] },
    };
    updateRun(db, id, {
      status: 'done',
      metrics: JSON.parse(JSON.stringify(metrics)) as never,
      bestEpoch: 1,
    });
    updateSettings(db, {
      brush: 1,
      query: pictureQuerySchema.parse({ filter: { kind: 'class', class: 0 } }),
      threshold: 0.7,
      recipe: weighted,
    });
    const seen = (): unknown => ({
      classes: getClasses(db),
      counts: getCounts(db),
      labels: getPictures(db, [1, 4, 6]).map(({ label }) => label),
      training: trainingSet(db).map(({ label }) => label),
      history: explainLabel(db, 1).map(({ label, previous }) => [label, previous]),
      csv: labelRows(db).map(({ label }) => label),
      ones: [...listPictureIds(db, { filter: { kind: 'class', class: 1 } })],
      run: listRuns(db),
      pictures: getRunPictures(db, id),
      settings: getSettings(db),
    });
    const before = seen();
    const csv = labelRows(db).map(({ label }) => label);
    swapClasses(db, 'cli');
    expect(seen()).not.toEqual(before);
    expect(labelRows(db).map(({ label }) => label)).toEqual(csv);
    expect(getClasses(db)).toMatchObject([{ name: 'dog', color: '#123456' }, { name: 'cat' }]);
    expect(getCounts(db)).toMatchObject({ classes: [3, 2], skipped: 1, testClasses: [1, 0] });
    expect(getPictures(db, [1, 4, 6]).map(({ label }) => label)).toEqual([0, 1, 'skipped']);
    expect(trainingSet(db).map(({ label }) => label)).toEqual([0, 0, 1, 1]);
    expect(explainLabel(db, 1)).toMatchObject([{ label: 0, previous: null }]);
    expect([...listPictureIds(db, { filter: { kind: 'class', class: 1 } })]).toEqual([4, 5]);
    expect(getRun(db, id)).toMatchObject({
      classes: ['dog', 'cat'],
      recipe: { classWeights: '3:1' },
      metrics: {
        valLoss: 0.5,
        evaluation: swapEvaluation(sample()),
        counts: { train: [6, 5], validation: [1, 2] },
      },
    });
    expect(getRunPictures(db, id)).toEqual([
      { id: 1, split: 'test', probability: 0.25, outOfSample: 0.75 },
      { id: 5, split: 'train', probability: 0.125, outOfSample: null },
    ]);
    expect(getSettings(db)).toMatchObject({
      brush: 0,
      query: { filter: { kind: 'class', class: 1 } },
      recipe: { classWeights: '3:1' },
    });
    expect(getSettings(db).threshold).toBeCloseTo(0.3, 12);
    undo(db, 'cli');
    expect(seen()).toEqual(before);
  });

  test('keeps values set while swapped with their class', async () => {
    const project = library();
    const { db } = project;
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    updateRun(db, id, { status: 'stopped' });
    swapClasses(db, 'mouse');
    setLabels(db, [1], 0, 'mouse');
    nameClasses(db, ['hound', getClasses(db)[1].name]);
    updateSettings(db, { brush: 0, threshold: 0.7 });
    await saveRunPictures(db, id, [{ id: 1, probability: 0.75 }]);
    // Begun before the swap, ended after it.
    await saveRunPictures(db, id, [{ id: 2, probability: 0.75 }], false);
    expect(getSettings(db)).toMatchObject({ brush: 0, threshold: 0.7 });
    expect(getRunPictures(db, id, [1, 2]).map(({ probability }) => probability)).toEqual([0.75, 0.25]);
    const second = createRun(db, { recipe: { ...DEFAULT_RECIPE, classWeights: '2:5' } });
    expect(second.classes).toEqual(['hound', 'cat']);
    expect(second.recipe?.classWeights).toBe('2:5');
    updateRun(db, second.id, { status: 'stopped' });
    expect(named(project)[0]).toBe('hound');
    swapClasses(db, 'mouse');
    expect(getClasses(db).map(({ name }) => name)).toEqual(['cat', 'hound']);
    expect(named(project)[0]).toBe('hound');
    expect(getRun(db, second.id).classes).toEqual(['cat', 'hound']);
    expect(getSettings(db).brush).toBe(1);
    expect(getRunPictures(db, id, [1, 2]).map(({ probability }) => probability)).toEqual([0.25, 0.75]);
  });

  test('keeps every prediction correct or wrong, also at the threshold itself', async () => {
    const { db } = library();
    setLabels(db, [1, 2, 3], 1, 'mouse');
    setLabels(db, [4, 5, 6], 0, 'mouse');
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    updateRun(db, id, { status: 'stopped' });
    const probabilities = [0.9, 0.3, 0.2, 0.3, 0.30000001, 0.5];
    await saveRunPictures(
      db,
      id,
      probabilities.map((probability, index) => ({ id: index + 1, probability })),
    );
    updateSettings(db, { threshold: 0.3 });
    const wrong = (): number[] => [
      ...listPictureIds(db, { filter: { kind: 'wrong', run: id, among: 'predicted' } }),
    ];
    expect(wrong()).toEqual([2, 3, 5, 6]);
    swapClasses(db, 'mouse');
    expect(wrong()).toEqual([2, 3, 5, 6]);
  });

  test('is an undo step that survives a restart and removed pictures', () => {
    const project = library();
    setLabels(project.db, [1], 1, 'mouse');
    swapClasses(project.db, 'mouse');
    expect(undoState(project.db).undo).toEqual({ batch: 2, pictures: 0, isSwap: true });
    removePictures(project.db, [1], 'mouse');
    closeProject(project);
    const { db } = openedAgain(project);
    expect(isSwapped(db)).toBe(true);
    expect(undo(db, 'key')).toMatchObject({ restored: [1] });
    expect(undo(db, 'key')).toMatchObject({ swapped: true });
    expect(isSwapped(db)).toBe(false);
    expect(undoState(db)).toEqual({
      undo: { batch: 1, pictures: 1 },
      redo: { batch: 2, pictures: 0, isSwap: true },
    });
  });

  test('is refused, as is its undo, while a run is trained or pictures are imported', () => {
    const { db } = library();
    swapClasses(db, 'mouse');
    const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
    expect(() => swapClasses(db, 'mouse')).toThrow('while a run is training');
    expect(() => undo(db, 'key')).toThrow('while a run is training');
    expect(isSwapped(db)).toBe(true);
    updateRun(db, id, { status: 'done' });
    startImport(db, { source: 'folder', path: '/p', layout: 'plain', notes: [], counts: noCounts() });
    expect(() => swapClasses(db, 'mouse')).toThrow('during an import');
  });

  test('an older library keeps its class order, and its run folders get the threshold', () => {
    const file = path.join(temporaryFolder(), 'library.db');
    const old = openDatabase(file, { create: true, migrations: MIGRATIONS.slice(0, 3) });
    old.exec(`
      INSERT INTO project VALUES (1, 'old-id', 1700000000000, '/old.twofold');
      INSERT INTO classes VALUES (0, 'cats', '#111111', 1), (1, 'dogs', '#222222', 1);
      INSERT INTO label_batches VALUES (1, 1700000000001, 'mouse', 'set', NULL, 'done');
      INSERT INTO settings VALUES ('threshold', '0.7');
    `);
    old.close();
    const db = openDatabase(file);
    onTestFinished(() => void db.close());
    expect(getClasses(db).map(({ name }) => name)).toEqual(['cats', 'dogs']);
    expect(runFilesDue(db)).toBe(1);
    swapClasses(db, 'cli');
    expect(getSettings(db).threshold).toBeCloseTo(0.3, 12);
    undo(db, 'cli');
    expect(getSettings(db).threshold).toBe(0.7);
  });
});

function openedAgain(project: Project): Project {
  const again = openProject(project.folder);
  onTestFinished(() => closeProject(again));
  return again;
}

const PROBABILITIES = [0.9, 0.2, 0.7, 0.4, 0.5, 0.5];
const scoredWith = (labels: readonly (0 | 1)[]): Scored[] =>
  PROBABILITIES.map((probability, index) => ({ probability, label: labels[index]! }));
const logits = (scored: readonly Scored[]): number[] =>
  scored.map(({ probability }) => Math.log(probability / (1 - probability)));

function sample(threshold = 0.5): ReturnType<typeof evaluate> {
  const scored = scoredWith([1, 1, 0, 0, 1, 0]);
  return evaluate(scored, logits(scored), threshold);
}

describe('a swapped evaluation', () => {
  test.each([0.3, 0.5, 0.7])('is that of the other class at threshold %f', (threshold) => {
    const scored = scoredWith([1, 1, 0, 0, 1, 0]).map(({ probability, label }): Scored => ({
      probability: 1 - probability,
      label: label === 1 ? 0 : 1,
    }));
    const anew = evaluate(scored, logits(scored), swapThreshold(threshold));
    const swapped = swapEvaluation(sample(threshold));
    expect(swapped).toEqual({
      ...anew,
      threshold: swapped.threshold,
      loss: swapped.loss,
      rocAuc: swapped.rocAuc,
    });
    expect(swapped.loss).toBeCloseTo(anew.loss, 12);
    expect(swapped.rocAuc).toBeCloseTo(anew.rocAuc!, 12);
    expect(swapEvaluation(swapped)).toEqual(sample(threshold));
  });

  test('every probability keeps its class, the threshold itself included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }).map((hundredths) => hundredths / 100),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (threshold, probability) => {
          for (const p of [probability, threshold]) {
            expect(classAt(1 - p, swapThreshold(threshold))).toBe(1 - classAt(p, threshold));
          }
        },
      ),
    );
    expect([0, 1].map(swapThreshold)).toEqual([1, 0]);
  });
});
