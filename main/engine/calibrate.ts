import { exactLogit } from '../../shared/calibrated.ts';
import { TwofoldError, toFailure } from '../../shared/errors.ts';
import { plural } from '../../shared/format.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { classAt, evaluate, sigmoid, type Scored } from '../../shared/metrics.ts';
import type {
  CalibratedSet,
  CalibrationFigures,
  RunCalibration,
  TemperatureFit,
} from '../../shared/reliability.ts';
import { fitTemperature, lossAt, reliability } from '../insight/calibration.ts';
import { metricIntervals } from '../insight/metric-intervals.ts';
import type { Project } from '../library/folder.ts';
import type { Db } from '../library/database/sql.ts';
import { setTemperature } from '../library/runs/calibration.ts';
import { getRun } from '../library/runs/runs.ts';
import { replaceTestEvaluation } from '../library/runs/test-evaluations.ts';
import { knownScores } from './known-evaluation.ts';
import { modelView, tellRunFolders } from './model-view.ts';
import { hasNewAugmentations, knownOutOfFold } from './out-of-fold.ts';

/** Logits at temperature 1, with the current labels. */
export interface LabelledLogits {
  logits: number[];
  labels: (0 | 1)[];
}

/** Minimum number of pictures of each class; fewer are not enough for a fit. */
const FEWEST = 10;

/**
 * Fits a temperature and compares calibration before and after, on the validation set and on the out-of-fold pictures.
 * Takes a few hundredths of a second per 1,000 pictures, with turns of the event loop in between.
 *
 * @param outOfFold logits of all training and validation pictures from heads that did not train on them; null: not
 *   computed, so the temperature is fitted on the validation set
 * @returns without a temperature, and with the reason, if a class has too few pictures or none is predicted wrongly
 */
export async function runCalibration(
  db: Db,
  run: RunRecord,
  outOfFold: LabelledLogits | null,
): Promise<RunCalibration> {
  const validation = rawLogits(db, run);
  const { fit, refusal } = tryToFit(db, run, validation, outOfFold);
  const sets: CalibratedSet[] = [];
  for (const [on, logits] of [
    ['out-of-fold', outOfFold],
    ['validation', validation],
  ] as const) {
    if (!logits || logits.labels.length === 0) continue;
    const before = await figures(logits, 1);
    const after = fit && (await figures(logits, fit.temperature));
    sets.push({ on, pictures: logits.labels.length, before, after });
  }
  return {
    applied: run.temperature,
    fit,
    refusal,
    sets,
    outOfFold: outOfFold ? 'known' : 'unknown',
    augments: hasNewAugmentations(run),
  };
}

/** Out-of-fold logits of heads trained like the run's, if they are stored for its pictures and labels. */
export async function outOfFoldLogits(project: Project, run: RunRecord): Promise<LabelledLogits | null> {
  const known = await knownOutOfFold(project, run, 'as-run');
  return known && { logits: known.logits, labels: known.pictures.map(({ label }) => label) };
}

function tryToFit(...given: Parameters<typeof fitTo>): Pick<RunCalibration, 'fit' | 'refusal'> {
  try {
    return { fit: fitTo(...given), refusal: null };
  } catch (thrown) {
    const { code, message } = toFailure(thrown);
    if (code !== 'too-few') throw thrown;
    return { fit: null, refusal: message };
  }
}

/** @throws TwofoldError `too-few` */
function fitTo(
  db: Db,
  run: RunRecord,
  validation: LabelledLogits,
  outOfFold: LabelledLogits | null,
): TemperatureFit {
  const fitted = outOfFold ?? validation;
  requireEnough(run, fitted, outOfFold ? 'labelled' : 'labelled validation');
  const temperature = fitTemperature(fitted.logits, fitted.labels);
  const { threshold } = modelView(db);
  const changed = validation.logits.filter(
    (value) => classAt(sigmoid(value), threshold) !== classAt(sigmoid(value / temperature), threshold),
  );
  return {
    temperature,
    fittedOn: outOfFold ? 'out-of-fold' : 'validation',
    fittedPictures: fitted.labels.length,
    changed: changed.length,
  };
}

/** Logits of a run's validation pictures at temperature 1, from its stored probabilities. */
export function rawLogits(db: Db, { id, temperature }: RunRecord): LabelledLogits {
  const scored = knownScores(db, id);
  return {
    logits: scored.map(({ probability }) => exactLogit(probability) * temperature),
    labels: scored.map(({ label }) => label),
  };
}

function requireEnough({ id }: RunRecord, { logits, labels }: LabelledLogits, which: string): void {
  const ones = labels.filter((label) => label === 1).length;
  const fewest = Math.min(ones, labels.length - ones);
  if (fewest < FEWEST) {
    throw new TwofoldError(
      'too-few',
      `A temperature needs at least ${FEWEST} ${which} pictures of each class; run ${id} has ${labels.length - ones} and ${ones}. Label more pictures and train again.`,
    );
  }
  if (logits.some((value, row) => classAt(sigmoid(value)) !== labels[row])) return;
  throw new TwofoldError(
    'too-few',
    `All ${plural(labels.length, 'picture')} are predicted correctly, so a temperature can’t be fitted. Use more or harder validation pictures.`,
  );
}

async function figures({ logits, labels }: LabelledLogits, temperature: number): Promise<CalibrationFigures> {
  const scored = logits.map((value, row): Scored => ({
    probability: sigmoid(value / temperature),
    label: labels[row]!,
  }));
  const { calibrationError } = await metricIntervals(scored);
  return {
    calibrationError: calibrationError!,
    loss: lossAt(logits, labels, temperature),
    bins: reliability(scored),
  };
}

/**
 * Stores a temperature with a run. Predictions, evaluations and exports use it from then on.
 *
 * @param temperature 1 removes it
 */
export async function applyTemperature(project: Project, runId: string, temperature: number): Promise<void> {
  const { db } = project;
  setTemperature(db, runId, temperature);
  const { test } = getRun(db, runId);
  if (test?.isCurrent) {
    const scored = knownScores(db, runId, 'test');
    const logits = scored.map(({ probability }) => exactLogit(probability));
    replaceTestEvaluation(db, runId, evaluate(scored, logits, test.evaluation.threshold));
  }
  await tellRunFolders(project);
}
