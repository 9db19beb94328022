import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SuggestionSession } from '../../main/engine/suggestions/session.ts';
import {
  askSession,
  BACKGROUND,
  URGENT,
  type SuggestAnswer,
  type SuggestSteps,
  type SuggestTask,
} from '../../main/engine/suggestions/suggest-task.ts';
import { SuggestionThread } from '../../main/engine/suggestions/suggestion-thread.ts';
import { DuplicateStore } from '../../main/insight/duplicate-store.ts';
import { indexStore } from '../../main/insight/index-store.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { cacheDir, closeProject, createProject, type Project } from '../../main/library/project.ts';
import { contentPages, listContents, type PictureContent } from '../../main/library/reading/contents.ts';
import { connectToRead } from '../../main/library/reading/connect.ts';
import {
  readRunProbabilities,
  runProbabilities,
  saveRunPictures,
} from '../../main/library/runs/predictions.ts';
import { createRun } from '../../main/library/runs/runs.ts';
import { finish, finishAsync } from '../../main/support/steps.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import { fillIndex, INDEX_MODEL } from '../bench/index-rows.ts';
import { fillLibrary } from '../bench/library-rows.ts';

/** Enough for several steps of everything. */
const PICTURES = 9000;
const LABELLED = 200;

let folder: string;
let project: Project;
let contents: PictureContent[];
let ids: Uint32Array;
let run: string;
const isOne = (id: number): boolean => id % 2 === 1;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-suggest-'));
  project = createProject(join(folder, 'many'));
  fillLibrary(project, PICTURES);
  contents = listContents(project.db);
  ids = Uint32Array.from(contents, ({ id }) => id);
  await fillIndex(
    project,
    contents.slice(0, -10).map(({ sha256 }) => sha256),
  );
  for (const label of [0, 1] as const) {
    const some = ids.subarray(0, LABELLED).filter((id) => isOne(id) === (label === 1));
    setLabels(project.db, some, label, 'mouse');
  }
  run = createRun(project.db, { recipe: DEFAULT_RECIPE }).id;
  await saveRunPictures(
    project.db,
    run,
    contents.map(({ id }) => ({ id, probability: (id % 100) / 100 })),
  );
  const compared = contents.slice(0, 8500).map(({ sha256 }) => sha256);
  const pairs = Array.from({ length: 40_000 }, (_, pair) => [pair % 8000, 8000 + (pair % 500)] as const);
  await new DuplicateStore(cacheDir(project), INDEX_MODEL).write({
    hashes: compared,
    links: [[3, 7]],
    near: {
      a: Int32Array.from(pairs, ([a]) => a),
      b: Int32Array.from(pairs, ([, b]) => b),
      similarities: Float32Array.from(pairs, (_, pair) => 0.8 + (pair % 100) / 1000),
    },
  });
});

afterAll(() => {
  closeProject(project);
  rmSync(folder, { recursive: true, force: true });
});

async function opened(by: string | null = null): Promise<SuggestionSession> {
  const session = new SuggestionSession(connectToRead(project.db.name), cacheDir(project));
  await finishAsync(session.read(INDEX_MODEL, true, by));
  return session;
}

const stepsOf = (session: SuggestionSession, task: SuggestTask): SuggestSteps => {
  const answer = askSession(session, task);
  if (answer === null || !('next' in answer)) throw new Error(`${task.kind} has no steps`);
  return answer;
};

/** Every task that is not urgent and takes time. */
const LONG: SuggestTask[] = [
  { kind: 'read', model: INDEX_MODEL, isOther: true, by: null },
  { kind: 'alike', ids: new Uint32Array(), from: 0.85 },
  { kind: 'summary' },
  { kind: 'missing', most: 1000, except: [] },
  { kind: 'uncompared' },
  { kind: 'list' },
  { kind: 'map', method: 'pca' },
  { kind: 'map-values' },
  { kind: 'contents' },
  { kind: 'estimate' },
  { kind: 'suspects' },
  { kind: 'neighbours', ids: [1, 2, 3] },
  { kind: 'next', ids: new Uint32Array(), count: 10 },
  { kind: 'order', ids: new Uint32Array(), sort: { by: 'suggestion', order: 'surest' } },
  { kind: 'order', ids: new Uint32Array(), sort: { by: 'suggestion', order: 'next' } },
  { kind: 'order', ids: new Uint32Array(), sort: { by: 'similar', to: 5 } },
  { kind: 'filter', ids: new Uint32Array(), filter: { kind: 'suggested', class: 1, from: 0.9 } },
];
/** Of all pictures. */
const filled = (task: SuggestTask): SuggestTask =>
  'ids' in task && task.ids instanceof Uint32Array ? ({ ...task, ids } as SuggestTask) : task;
const name = (task: SuggestTask): string =>
  task.kind === 'order' ? `order ${Object.values(task.sort).join(' ')}` : task.kind;

describe('long work', () => {
  test.each(LONG.map((task) => [name(task), task] as const))(
    'lets labels and suggestions pass after every step, and gives the same answer as without them: %s',
    async (_, empty) => {
      const task = filled(empty);
      const session = await opened();
      const other = await opened();
      // Whoever asks next needs new predictions: of these labels.
      for (const one of [session, other]) one.label([{ id: 300, label: 0 }]);
      const steps = stepsOf(session, task);
      let count = 0;
      let answer: SuggestAnswer | undefined;
      while (answer === undefined) {
        const step = await steps.next();
        if (step.done) answer = step.value;
        else if (count++ === 0) {
          // Labels and takes the label back, so that the tables are equal in the end.
          session.label([{ id: 8000, label: 1 }]);
          session.label([{ id: 8000, label: null }]);
          const [probability] = session.of([7000]);
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThan(1);
        }
      }
      expect(count).toBeGreaterThan(1);
      expect(rounded(answer)).toEqual(rounded(await finishAsync(stepsOf(other, task))));
    },
  );

  test('has predictions by the labels at its beginning, whatever is labelled meanwhile', async () => {
    const session = await opened();
    const before = await finishAsync(stepsOf(session, { kind: 'map-values' }));
    session.label([{ id: 301, label: 1 }]);
    const steps = session.mapValues();
    steps.next();
    // All labels of one class are taken away: there is nothing to predict by.
    const labelled = [...ids.subarray(0, 301)].filter(isOne);
    session.label(labelled.map((id) => ({ id, label: null })));
    const { probabilities } = finish(steps);
    expect(probabilities.filter((value) => !Number.isNaN(value)).length).toBeGreaterThan(8000);
    expect(before).not.toBeNull();
    expect(finish(session.mapValues()).probabilities.every((value) => Number.isNaN(value))).toBe(true);
  });
});

test('the curvature is computed between strokes, once, and changes no suggestion', async () => {
  const [session, other] = [await opened(), await opened()];
  const countSteps = (): number => {
    let count = 0;
    for (const _ of session.prepare()) {
      if (count++ === 0) session.label([{ id: 350, label: 1 }]);
    }
    return count;
  };
  expect(countSteps()).toBeGreaterThan(20);
  expect(countSteps()).toBe(0);
  for (const one of [session, other]) {
    one.label([{ id: 350, label: 1 }]);
    one.label([{ id: 351, label: 0 }]);
  }
  const [mine, theirs] = [session, other].map((one) => one.of([7000, 7001, 7002]));
  mine!.forEach((value, at) => expect(value).toBeCloseTo(theirs![at]!, 2));
});

describe('reading again', () => {
  test('serves what was read before, and misses no label that comes meanwhile', async () => {
    const session = await opened();
    const steps = session.read(INDEX_MODEL, false, null);
    await steps.next();
    const [first] = session.of([5000]);
    expect(first).toBeGreaterThan(0);
    session.label([{ id: 5000, label: 1 }]);
    await finishAsync(steps);
    // The database does not have the label, as where it was read before the label was stored.
    expect(session.of([5000])[0]).toBeNaN();
    expect(finish(session.summary()).labels).toEqual([LABELLED / 2, LABELLED / 2 + 1]);
  });

  test('takes what was added to the index, while strokes go on', async () => {
    const session = await opened();
    const last = contents.at(-1)!;
    expect(session.of([last.id])[0]).toBeNaN();
    const writer = await indexStore(cacheDir(project), INDEX_MODEL).writer();
    await writer.append([last.sha256], new Float32Array(768).fill(0.5));
    await writer.close();
    const steps = session.readMore();
    await steps.next();
    session.label([{ id: 400, label: 0 }]);
    expect(session.of([399])[0]).toBeGreaterThan(0);
    await finishAsync(steps);
    expect(session.of([last.id])[0]).toBeGreaterThan(0);
    expect(session.of([400])[0]).toBeNaN();
  });

  test('takes a run’s predictions in pages', async () => {
    const session = await opened(run);
    expect(session.of([7042])[0]).toBeCloseTo(0.42, 6);
    await saveRunPictures(project.db, run, [{ id: 7042, probability: 0.75 }]);
    finish(session.readRun());
    expect(session.of([7042])[0]).toBeCloseTo(0.75, 6);
    expect(finish(session.summary()).by).toBe(run);
  });

  test('pages of the library and of predictions are complete', () => {
    expect([...contentPages(project.db)].flat()).toEqual(listContents(project.db));
    expect(finish(readRunProbabilities(project.db, run))).toEqual(runProbabilities(project.db, run));
    expect(runProbabilities(project.db, run).ids).toEqual(ids);
  });
});

describe('the thread', () => {
  test('answers a stroke before any long work that was asked for earlier', async () => {
    const thread = new SuggestionThread(project);
    try {
      await thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: true, by: null });
      const ended: string[] = [];
      const tasks = LONG.map(filled).filter(({ kind }) => BACKGROUND.has(kind) || kind === 'read');
      expect(tasks.some(({ kind }) => URGENT.has(kind))).toBe(false);
      const done = tasks.map((task) => thread.ask(task).then(() => ended.push(name(task))));
      for (const id of [500, 501, 502]) {
        await thread.ask({ kind: 'label', changes: [{ id, label: 0 }] });
        const probabilities = await thread.ask({ kind: 'of', ids: [600] });
        expect(probabilities[0]).toBeGreaterThan(0);
      }
      expect(ended).toEqual([]);
      await Promise.all(done);
      expect(ended.length).toBe(tasks.length);
    } finally {
      await thread.close();
    }
  });

  test('does not stop at a task that fails', async () => {
    const thread = new SuggestionThread(project);
    try {
      await expect(thread.ask({ kind: 'suspects' })).rejects.toMatchObject({ code: 'too-few' });
      await thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: true, by: null });
      expect((await thread.ask({ kind: 'suspects' })).labelled).toBe(LABELLED);
    } finally {
      await thread.close();
    }
  });
});

/** Probabilities differ by what the fits started from, within their tolerance. */
function rounded(answer: unknown): unknown {
  if (answer instanceof Float32Array) return [...answer].map((value) => Math.round(value * 1000) / 1000);
  if (typeof answer === 'number') return Math.round(answer * 1000) / 1000;
  if (Array.isArray(answer)) return answer.map(rounded);
  if (answer === null || typeof answer !== 'object' || ArrayBuffer.isView(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, rounded(value)]));
}
