import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  explainLabel,
  hasHistory,
  redo,
  setLabels,
  undo,
  undoState,
} from '../../main/library/labels/labels.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { getCounts, getPictures } from '../../main/library/pictures/pictures.ts';
import { moveToSets } from '../../main/library/labels/split-steps.ts';
import { removePictures } from '../../main/library/labels/removal.ts';
import { getRunPictures, saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun } from '../../main/library/runs/runs.ts';
import { closeProject, createProject, openProject, type Project } from '../../main/library/project.ts';
import { run } from '../../main/library/database/sql.ts';
import { LABEL_SOURCES, type LabelValue } from '../../shared/library/labels.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

const COUNT = 12;

type Step =
  | { do: 'label'; ids: number[]; label: LabelValue }
  | { do: 'remove'; ids: number[] }
  | { do: 'undo' }
  | { do: 'redo' }
  | { do: 'reopen' };

const labelValue = fc.constantFrom<LabelValue>(0, 1, 'skipped', null);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('label' as const),
      ids: fc.array(fc.integer({ min: 1, max: COUNT + 1 }), { maxLength: 6 }),
      label: labelValue,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('remove' as const),
      ids: fc.array(fc.integer({ min: 1, max: COUNT + 1 }), { maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'undo' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'redo' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reopen' }) },
);

type State = LabelValue | 'removed';

/** What a person expects: a list of states, and a place in it. */
class Model {
  states: State[][] = [Array.from<State>({ length: COUNT }).fill(null)];
  at = 0;
  get now(): State[] {
    return this.states[this.at]!;
  }
  change(ids: number[], state: State): void {
    const next = this.now.map((old, index) => (ids.includes(index + 1) && old !== 'removed' ? state : old));
    if (next.every((value, index) => value === this.now[index])) return;
    this.states = [...this.states.slice(0, this.at + 1), next];
    this.at++;
  }
}

function statesOf(project: Project): State[] {
  const states = Array.from<State>({ length: COUNT }).fill('removed');
  for (const { id, label } of getPictures(project.db, listPictureIds(project.db))) states[id - 1] = label;
  return states;
}

describe('labels, undo and redo', () => {
  test('any sequence of edits matches a list of states, also across restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let project = createProject(`${temporaryFolder()}/model`);
        fillLibrary(project, COUNT);
        const model = new Model();
        for (const action of steps) {
          switch (action.do) {
            case 'label':
              setLabels(project.db, action.ids, action.label, 'mouse');
              model.change(action.ids, action.label);
              break;
            case 'remove':
              removePictures(project.db, action.ids, 'mouse');
              model.change(action.ids, 'removed');
              break;
            case 'undo':
              expect(undo(project.db, 'key') === null).toBe(model.at === 0);
              model.at = Math.max(0, model.at - 1);
              break;
            case 'redo':
              expect(redo(project.db, 'key') === null).toBe(model.at === model.states.length - 1);
              model.at = Math.min(model.states.length - 1, model.at + 1);
              break;
            case 'reopen':
              closeProject(project);
              project = openProject(project.folder);
          }
          expect(statesOf(project)).toEqual(model.now);
        }
        const counts = getCounts(project.db);
        const many = (state: State): number => model.now.filter((value) => value === state).length;
        expect([counts.unlabelled, ...counts.classes, counts.skipped]).toEqual(
          [null, 0, 1, 'skipped'].map((label) => many(label as LabelValue)),
        );
        expect(counts.total).toBe(COUNT - many('removed'));
        const { undo: back, redo: forth } = undoState(project.db);
        expect([back !== null, forth !== null]).toEqual([model.at > 0, model.at < model.states.length - 1]);
        closeProject(project);
      }),
      { numRuns: 40 },
    );
  });

  test('every change is returned, and a gesture that changes nothing is not an undo step', () => {
    const { db } = filled();
    expect(setLabels(db, [1, 2, 2, 99], 1, 'mouse')).toEqual({
      batch: 1,
      changes: [
        { id: 1, label: 1 },
        { id: 2, label: 1 },
      ],
    });
    expect(setLabels(db, [1, 2], 1, 'mouse')).toEqual({ batch: null, changes: [] });
    setLabels(db, [2, 3], 'skipped', 'key');
    expect(undoState(db).undo).toEqual({ batch: 2, pictures: 2 });
    expect(undo(db, 'key')?.changes).toEqual([
      { id: 2, label: 1 },
      { id: 3, label: null },
    ]);
  });

  test('the parts of a stroke are one undo step, unless another change came in between', () => {
    const { db } = filled();
    const { batch } = setLabels(db, [1, 2], 1, 'mouse');
    expect(setLabels(db, [2, 3], 1, 'mouse', batch)).toEqual({ batch, changes: [{ id: 3, label: 1 }] });
    expect(undoState(db).undo).toEqual({ batch, pictures: 3 });
    const key = setLabels(db, [3], 0, 'key').batch;
    const late = setLabels(db, [3, 4], 1, 'mouse', batch).batch;
    expect(new Set([batch, key, late]).size).toBe(3);
    undo(db, 'key');
    expect(setLabels(db, [5], 1, 'mouse', late).batch).not.toBe(late);
    undo(db, 'key');
    undo(db, 'key');
    expect(undo(db, 'key')?.changes.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(undo(db, 'key')).toBeNull();
  });

  test('the history of a label lists all its changes', () => {
    const { db } = filled();
    setLabels(db, [5], 0, 'mouse');
    setLabels(db, [5], 1, 'cli');
    undo(db, 'key');
    redo(db, 'key');
    const history = explainLabel(db, 5).map(({ action, source, previous, label }) => [
      action,
      source,
      previous,
      label,
    ]);
    expect(history).toEqual([
      ['set', 'mouse', null, 0],
      ['set', 'cli', 0, 1],
      ['undo', 'key', 1, 0],
      ['redo', 'key', 0, 1],
    ]);
    expect(LABEL_SOURCES).toContain('cli');
  });

  test('moving pictures between sets is one undo step', () => {
    const { db } = filled();
    const splits = (): (string | null)[] => getPictures(db, [1, 2, 3]).map(({ split }) => split);
    setLabels(db, [1], 0, 'mouse');
    moveToSets(db, [{ split: 'train', ids: [1, 2] }], 'cli');
    const moves = [
      { split: 'validation', ids: [2, 3, 99] },
      { split: null, ids: [1] },
    ] as const;
    expect(moveToSets(db, moves, 'cli')).toEqual({ batch: 3, changes: [], moved: [2, 3, 1] });
    expect(moveToSets(db, moves, 'cli')).toEqual({ batch: null, changes: [], moved: [] });
    expect(splits()).toEqual([null, 'validation', 'validation']);
    expect(undoState(db).undo).toEqual({ batch: 3, pictures: 3, isSplit: true });
    expect(undo(db, 'key')?.moved).toEqual([1, 2, 3]);
    expect(splits()).toEqual(['train', 'train', null]);
    expect(redo(db, 'key')?.moved).toEqual([1, 2, 3]);
    expect(splits()).toEqual([null, 'validation', 'validation']);
    undo(db, 'key');
    undo(db, 'key');
    expect(splits()).toEqual([null, null, null]);
    expect(getPictures(db, [1])[0]).toMatchObject({ label: 0 });
    expect(undo(db, 'key')?.changes).toEqual([{ id: 1, label: null }]);
    expect(explainLabel(db, 2)).toEqual([]);
  });

  test('the log is append-only', () => {
    const { db } = filled();
    setLabels(db, [1], 0, 'mouse');
    expect(() => run(db, 'UPDATE label_events SET label = 1')).toThrow('append-only');
  });

  test('a removed picture comes back with label, history and predictions', async () => {
    const { db } = filled();
    setLabels(db, [1, 2], 1, 'mouse');
    const { id: r1 } = createRun(db, { recipe: DEFAULT_RECIPE });
    await saveRunPictures(db, r1, [{ id: 2, split: 'train', probability: 0.75 }]);
    expect(removePictures(db, [2, 2, 99], 'mouse')).toEqual({ batch: 2, changes: [], removed: [2] });
    expect(removePictures(db, [2], 'mouse')).toEqual({ batch: null, changes: [] });
    expect(undoState(db).undo).toEqual({ batch: 2, pictures: 1, isRemoval: true });
    expect(getPictures(db, [2])).toEqual([]);
    expect(getRunPictures(db, r1)).toEqual([]);
    expect(getRunPictures(db, r1, [2])).toEqual([]);
    expect(setLabels(db, [2], 0, 'mouse').changes).toEqual([]);
    expect(undo(db, 'key')).toEqual({ batch: 3, changes: [], restored: [2] });
    expect(getPictures(db, [2])[0]).toMatchObject({ label: 1 });
    expect(getRunPictures(db, r1)).toEqual([{ id: 2, split: 'train', probability: 0.75, outOfSample: null }]);
    expect(explainLabel(db, 2)).toHaveLength(1);
    expect(redo(db, 'key')).toEqual({ batch: 4, changes: [], removed: [2] });
    expect(getCounts(db)).toMatchObject({ total: COUNT - 1, classes: [0, 1] });
  });

  test('the parts of a removal are one undo step, unless another change came in between', () => {
    const { db } = filled();
    const { batch } = removePictures(db, [1, 2], 'mouse');
    expect(removePictures(db, [2, 3], 'mouse', batch)).toEqual({ batch, changes: [], removed: [3] });
    expect(undo(db, 'mouse')?.restored).toEqual([1, 2, 3]);
    const first = removePictures(db, [1], 'mouse').batch;
    setLabels(db, [4], 0, 'mouse', first);
    expect(removePictures(db, [2], 'mouse', first).batch).not.toBe(first);
    const labelled = setLabels(db, [5], 1, 'mouse').batch;
    expect(removePictures(db, [3], 'mouse', labelled).batch).not.toBe(labelled);
    expect(undo(db, 'mouse')?.restored).toEqual([3]);
    expect(undo(db, 'mouse')?.changes).toEqual([{ id: 5, label: null }]);
    expect(undo(db, 'mouse')?.restored).toEqual([2]);
    expect(undo(db, 'mouse')?.changes).toEqual([{ id: 4, label: null }]);
  });

  test('a removed picture that never had a label may still get one from a folder', () => {
    const { db } = filled();
    removePictures(db, [3], 'cli');
    undo(db, 'cli');
    expect(hasHistory(db, 3)).toBe(false);
  });
});

function filled(): Project {
  const project = newProject();
  fillLibrary(project, COUNT);
  return project;
}
