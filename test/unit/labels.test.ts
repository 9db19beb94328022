import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainLabel, redo, setLabels, undo, undoState } from '../../main/library/labels/labels.ts';
import { listPictureIds } from '../../main/library/reading/grid.ts';
import { getCounts, getPictures, removePictures } from '../../main/library/pictures/pictures.ts';
import { closeProject, createProject, openProject, type Project } from '../../main/library/project.ts';
import { run } from '../../main/library/database/sql.ts';
import { LABEL_SOURCES, type LabelValue } from '../../shared/library.ts';
import { fillLibrary } from '../bench/library-rows.ts';
import { newProject, temporaryFolder } from '../kit/library.ts';

const COUNT = 12;

type Step =
  { do: 'label'; ids: number[]; label: LabelValue } | { do: 'undo' } | { do: 'redo' } | { do: 'reopen' };

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
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'undo' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'redo' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reopen' }) },
);

/** What a person expects: a list of states, and a place in it. */
class Model {
  states: LabelValue[][] = [Array.from<LabelValue>({ length: COUNT }).fill(null)];
  at = 0;
  get now(): LabelValue[] {
    return this.states[this.at]!;
  }
  label(ids: number[], label: LabelValue): void {
    const next = this.now.map((old, index) => (ids.includes(index + 1) ? label : old));
    if (next.every((value, index) => value === this.now[index])) return;
    this.states = [...this.states.slice(0, this.at + 1), next];
    this.at++;
  }
}

const labelsOf = (project: Project): LabelValue[] =>
  getPictures(project.db, listPictureIds(project.db)).map(({ label }) => label);

describe('labels, undo and redo', () => {
  test('any sequence does what a list of states would do, also across restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let project = createProject(`${temporaryFolder()}/model`);
        fillLibrary(project, COUNT);
        const model = new Model();
        for (const action of steps) {
          switch (action.do) {
            case 'label':
              setLabels(project.db, action.ids, action.label, 'mouse');
              model.label(action.ids, action.label);
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
          expect(labelsOf(project)).toEqual(model.now);
        }
        const counts = getCounts(project.db);
        const many = (label: LabelValue): number => model.now.filter((value) => value === label).length;
        expect([counts.unlabelled, ...counts.classes, counts.skipped]).toEqual(
          [null, 0, 1, 'skipped'].map((label) => many(label as LabelValue)),
        );
        const { undo: back, redo: forth } = undoState(project.db);
        expect([back !== null, forth !== null]).toEqual([model.at > 0, model.at < model.states.length - 1]);
        closeProject(project);
      }),
      { numRuns: 40 },
    );
  });

  test('every change is told to the window, and a gesture that changes nothing is no step of undo', () => {
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

  test('the parts of a stroke are one step of undo, unless something came in between', () => {
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

  test('a label is explained by everything that happened to it', () => {
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

  test('the log can only grow', () => {
    const { db } = filled();
    setLabels(db, [1], 0, 'mouse');
    expect(() => run(db, 'UPDATE label_events SET label = 1')).toThrow('append-only');
  });

  test('undo passes over pictures that were taken out of the project', () => {
    const { db } = filled();
    setLabels(db, [1], 0, 'mouse');
    setLabels(db, [2], 1, 'mouse');
    expect(removePictures(db, [2])).toBe(1);
    expect(undo(db, 'key')?.changes).toEqual([{ id: 1, label: null }]);
    expect(undo(db, 'key')).toBeNull();
  });
});

function filled(): Project {
  const project = newProject();
  fillLibrary(project, COUNT);
  return project;
}
