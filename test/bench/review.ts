import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { runCalibration } from '../../main/engine/calibrate.ts';
import { compareRuns } from '../../main/engine/compare-runs.ts';
import {
  knownEvaluation,
  knownIntervals,
  knownScores,
  setAccuracies,
} from '../../main/engine/known-evaluation.ts';
import { SuggestionThread } from '../../main/engine/suggestions/suggestion-thread.ts';
import { proposeUnsure } from '../../main/engine/unsure.ts';
import { closeProject, createProject, type Project } from '../../main/library/project.ts';
import { setLabels } from '../../main/library/labels/labels.ts';
import { listContents } from '../../main/library/reading/contents.ts';
import { saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun, getRun, recordEpoch, updateRun } from '../../main/library/runs/runs.ts';
import { seededGenerator } from '../../main/support/random.ts';
import { logit, sigmoid } from '../../shared/metrics.ts';
import { overfittingGap } from '../../shared/overfitting-gap.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import type { Benchmark, Measurement } from './benchmark.ts';
import { fillIndex, INDEX_MODEL } from './index-rows.ts';
import { fillLibrary } from './library-rows.ts';
import { median, timed } from './statistics.ts';

const PICTURES = 2000;
const REPEATS = 5;
/** "Appears within seconds". */
const LIMIT_S = 2;

/** How soon each part of Review is there, from the index and stored predictions, at 2,000 labelled pictures. */
export const benchmark: Benchmark = {
  name: 'review',
  title: `the parts of Review for ${PICTURES.toLocaleString('en')} labelled pictures, all of them validated`,
  run: async ({ progress }) => {
    const folder = await mkdtemp(join(tmpdir(), 'twofold-review-'));
    const project = createProject(join(folder, 'many'));
    try {
      progress.stage('Making a library, its index and two runs');
      const ids = await fill(project);
      const [first, second] = [await addRun(project, ids, 1), await addRun(project, ids, 2)];
      const { db } = project;
      const run = getRun(db, first);
      const thread = new SuggestionThread(project);
      const readMs = await timed(() =>
        thread.ask({ kind: 'read', model: INDEX_MODEL, isOther: true, by: null }),
      );
      const outOfFold = {
        logits: knownScores(db, first).map(({ probability }) => logit(probability)),
        labels: knownScores(db, first).map(({ label }) => label),
      };
      const parts: Record<string, () => unknown> = {
        'likely label errors': () => thread.ask({ kind: 'suspects' }),
        'the most similar labelled pictures of one': () =>
          thread.ask({ kind: 'neighbours', ids: ids.slice(0, 1) }),
        'metrics and confusion matrix': () => knownEvaluation(db, first, 0.5),
        'bootstrap intervals of the metrics': () => knownIntervals(db, first, 'validation', 0.5),
        'calibration, on validation and out of fold': () => runCalibration(db, run, outOfFold),
        'unsure answers': () => proposeUnsure(db, run, { on: 'validation', risk: 0.05 }),
        'overfitting gap': () => overfittingGap(setAccuracies(db, first, 0.5)),
        'comparison of two runs': () => compareRuns(db, run, getRun(db, second)),
      };
      const measurements: Measurement[] = [];
      for (const [what, work] of Object.entries(parts)) {
        progress.stage(`Measuring: ${what}`);
        const times: number[] = [];
        for (let repeat = 0; repeat < REPEATS; repeat++) times.push(await timed(async () => await work()));
        measurements.push({
          what,
          unit: 's',
          value: median(times) / 1000,
          target: { of: 'value', limit: LIMIT_S, better: 'lower' },
        });
      }
      await thread.close();
      return {
        measurements: measurements as [Measurement, ...Measurement[]],
        details: { pictures: PICTURES, repeats: REPEATS, readMs },
        notes: [
          `Medians of ${REPEATS}. Reading the index before the first label errors takes ${(readMs / 1000).toFixed(2)} s more. Vectors and probabilities are random with a shift for each class, since only their number matters here.`,
        ],
      };
    } finally {
      closeProject(project);
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** A library with an index whose pictures are all labelled, in turns. @returns their ids */
async function fill(project: Project): Promise<number[]> {
  fillLibrary(project, PICTURES);
  const contents = listContents(project.db);
  await fillIndex(
    project,
    contents.map(({ sha256 }) => sha256),
  );
  const ids = contents.map(({ id }) => id);
  for (const label of [0, 1] as const) {
    setLabels(
      project.db,
      ids.filter((_, row) => row % 2 === label),
      label,
      'mouse',
    );
  }
  return ids;
}

/** A run that predicts nine of ten pictures as they are labelled. */
async function addRun({ db }: Project, ids: readonly number[], seed: number): Promise<string> {
  const random = seededGenerator(seed);
  const { id } = createRun(db, { recipe: { ...DEFAULT_RECIPE, seed } });
  await saveRunPictures(
    db,
    id,
    ids.map((picture, row) => {
      const noise = 8 * (uniformFloat64(random) - 0.5);
      return { id: picture, split: 'validation', probability: sigmoid((row % 2 === 1 ? 3 : -3) + noise) };
    }),
  );
  recordEpoch(db, id, { epoch: 1, durationMs: 1, loss: 0.2, accuracy: 0.9, valLoss: 0.3, valAccuracy: 0.88 });
  updateRun(db, id, { status: 'done', bestEpoch: 1 });
  return id;
}
