import { existsSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { ERROR_CODES, TwofoldError, type Failure } from '../../../shared/errors.ts';
import type { EpochMetrics } from '../../../shared/jobs/train.ts';
import type {
  EpochRecord,
  JsonValue,
  RunRecord,
  RunStatus,
  TestEvaluation,
} from '../../../shared/library/runs.ts';
import { storedRecipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { swapPair, swapRecipe } from '../../../shared/swap.ts';
import { isSwapped } from '../labels/class-order.ts';
import { getClasses } from '../labels/classes.ts';
import { runDir, type Project } from '../folder.ts';
import { isGone, thisProcess } from '../../support/processes.ts';
import { readUnsure } from './calibration.ts';
import { runId, runNumber } from './run-ids.ts';
import { swapMetrics } from './run-metrics.ts';
import { fromJson, row, rows, run, transaction, type Db } from '../database/sql.ts';
import { testEvaluations } from './test-evaluations.ts';

const failureSchema = z.object({ code: z.enum(ERROR_CODES), message: z.string() });

interface RunRow {
  number: number;
  name: string;
  note: string;
  status: RunStatus;
  recipe: string;
  weightsFingerprint: string | null;
  dataFingerprint: string | null;
  createdAtMs: number;
  finishedAtMs: number | null;
  bestEpoch: number | null;
  temperature: number;
  unsure: string | null;
  metrics: string;
  error: string | null;
}

const COLUMNS = `number, name, note, status, recipe, weights_fingerprint AS weightsFingerprint,
  data_fingerprint AS dataFingerprint,
  created_at_ms AS createdAtMs, finished_at_ms AS finishedAtMs, best_epoch AS bestEpoch, temperature,
  unsure, metrics, error`;

/** Class order and names, which are the same for all runs. */
interface Shown {
  swapped: boolean;
  classes: [string, string];
}

function shown(db: Db): Shown {
  const [zero, one] = getClasses(db);
  return { swapped: isSwapped(db), classes: [zero.name, one.name] };
}

function toRecord(
  { number, ...rest }: RunRow,
  tests: ReadonlyMap<number, TestEvaluation>,
  { swapped, classes }: Shown,
): RunRecord {
  const { data: recipe } = storedRecipeSchema.safeParse(JSON.parse(rest.recipe));
  const metrics = fromJson(z.json(), rest.metrics, `metrics of run ${number}`);
  return {
    ...rest,
    id: runId(number),
    recipe: recipe ? inOrder(recipe, swapped) : null,
    classes,
    metrics: swapped ? swapMetrics(metrics) : metrics,
    unsure: readUnsure(rest.unsure, number, { temperature: rest.temperature, swapped }),
    test: tests.get(number) ?? null,
    error: rest.error === null ? null : fromJson(failureSchema, rest.error, `the error of run ${number}`),
  };
}

/** Converts a recipe between stored and shown class order. */
const inOrder = (recipe: Recipe, swapped: boolean): Recipe => (swapped ? swapRecipe(recipe) : recipe);

/** Stores a new run, `running` in this process. Its folder is `runDir(project, id)`. */
export function createRun(
  db: Db,
  run_: { recipe: Recipe; weightsFingerprint?: string; name?: string; note?: string },
): RunRecord {
  return transaction(db, () => {
    const { swapped, classes } = shown(db);
    const { id } = run(
      db,
      `INSERT INTO runs (name, note, status, process, recipe, weights_fingerprint, classes, created_at_ms)
       VALUES (:name, :note, 'running', :process, :recipe, :fingerprint, :classes, :now)`,
      {
        name: run_.name ?? '',
        note: run_.note ?? '',
        process: thisProcess(),
        recipe: JSON.stringify(inOrder(run_.recipe, isSwapped(db))),
        fingerprint: run_.weightsFingerprint ?? null,
        classes: JSON.stringify(swapped ? swapPair(classes) : classes),
        now: Date.now(),
      },
    );
    return getRun(db, runId(id));
  });
}

/** @throws TwofoldError `not-found` */
export function getRun(db: Db, id: string): RunRecord {
  const number = runNumber(db, id);
  return toRecord(
    row<RunRow>(db, `SELECT ${COLUMNS} FROM runs WHERE number = :number`, { number })!,
    testEvaluations(db, number),
    shown(db),
  );
}

/** All runs, newest first. */
export function listRuns(db: Db): RunRecord[] {
  const tests = testEvaluations(db);
  const as = shown(db);
  return rows<RunRow>(db, `SELECT ${COLUMNS} FROM runs ORDER BY number DESC`).map((found) =>
    toRecord(found, tests, as),
  );
}

/** The newest run with a best epoch that is not being trained; null if there is none. */
export function latestUsableRun(db: Db): RunRecord | null {
  const found = row<RunRow>(
    db,
    `SELECT ${COLUMNS} FROM runs WHERE best_epoch IS NOT NULL AND status != 'running' ORDER BY number DESC LIMIT 1`,
  );
  return found === undefined ? null : toRecord(found, testEvaluations(db, found.number), shown(db));
}

export interface RunChange {
  name?: string;
  note?: string;
  status?: RunStatus;
  /** The recipe with which it is resumed, for example with more epochs. */
  recipe?: Recipe;
  weightsFingerprint?: string;
  dataFingerprint?: string;
  bestEpoch?: number;
  metrics?: JsonValue;
  error?: Failure | null;
}

/**
 * Changes a run. The status `running` assigns it to this process and clears the error; any other sets the finishing
 * time.
 *
 * @throws TwofoldError `not-found`; `busy` for the status `running` while another process trains it
 */
export function updateRun(db: Db, id: string, change: RunChange): RunRecord {
  return transaction(db, () => {
    const number = runNumber(db, id);
    const set = (name: string, stored: string | number | null): void => {
      run(db, `UPDATE runs SET ${name} = :stored WHERE number = :number`, { number, stored });
    };
    if (change.status === 'running') {
      refuseRunning(db, id, number);
      set('process', thisProcess());
      set('finished_at_ms', null);
      set('error', null);
    } else if (change.status !== undefined) {
      set('finished_at_ms', Date.now());
    }
    if (change.name !== undefined) set('name', change.name);
    if (change.note !== undefined) set('note', change.note);
    if (change.status !== undefined) set('status', change.status);
    if (change.recipe !== undefined) set('recipe', JSON.stringify(inOrder(change.recipe, isSwapped(db))));
    if (change.weightsFingerprint !== undefined) set('weights_fingerprint', change.weightsFingerprint);
    if (change.dataFingerprint !== undefined) set('data_fingerprint', change.dataFingerprint);
    if (change.bestEpoch !== undefined) set('best_epoch', change.bestEpoch);
    if (change.metrics !== undefined) {
      set('metrics', JSON.stringify(isSwapped(db) ? swapMetrics(change.metrics) : change.metrics));
    }
    if (change.error !== undefined) set('error', change.error === null ? null : JSON.stringify(change.error));
    return getRun(db, id);
  });
}

function refuseRunning(db: Db, id: string, number: number): void {
  const found = row<{ status: RunStatus; process: string }>(
    db,
    'SELECT status, process FROM runs WHERE number = :number',
    { number },
  )!;
  if (found.status === 'running' && found.process !== thisProcess() && !isGone(found.process)) {
    throw new TwofoldError(
      'busy',
      `Run ${id} is being trained by another program. Wait until it has finished, or stop it there.`,
    );
  }
}

/**
 * Deletes a run with its predictions and its folder.
 *
 * @throws TwofoldError `not-found`; `busy` while it is trained
 */
export function deleteRun(project: Project, id: string): void {
  const { db } = project;
  if (getRun(db, id).status === 'running') {
    throw new TwofoldError('busy', `Run ${id} is training. Stop it before you delete it.`);
  }
  transaction(db, () => run(db, 'DELETE FROM runs WHERE number = :number', { number: runNumber(db, id) }));
  const folder = runDir(project, id);
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}

/**
 * Marks runs whose process has died as `crashed`; called when a project is opened.
 *
 * @returns their ids
 */
export function markCrashedRuns(db: Db): string[] {
  const running = rows<{ number: number; process: string }>(
    db,
    `SELECT number, process FROM runs WHERE status = 'running'`,
  );
  const crashed = running.filter(({ process }) => isGone(process)).map(({ number }) => runId(number));
  for (const id of crashed) {
    updateRun(db, id, {
      status: 'crashed',
      error: {
        code: 'crashed',
        message: 'Training ended unexpectedly. Resume the run from its last epoch.',
      },
    });
  }
  return crashed;
}

/**
 * Stores an epoch; after a resume, replaces an earlier one with the same number.
 *
 * @param batchLosses loss of each batch, for the chart
 */
export function recordEpoch(
  db: Db,
  id: string,
  epoch: EpochMetrics,
  batchLosses: ArrayLike<number> = [],
): void {
  transaction(db, () =>
    run(
      db,
      `INSERT OR REPLACE INTO epochs
         (run_number, epoch, duration_ms, loss, accuracy, val_loss, val_accuracy, batch_losses)
       VALUES (:number, :epoch, :durationMs, :loss, :accuracy, :valLoss, :valAccuracy, :batchLosses)`,
      {
        number: runNumber(db, id),
        epoch: epoch.epoch,
        durationMs: epoch.durationMs,
        loss: epoch.loss,
        accuracy: epoch.accuracy,
        valLoss: epoch.valLoss,
        valAccuracy: epoch.valAccuracy,
        batchLosses: Buffer.from(Float32Array.from(batchLosses).buffer),
      },
    ),
  );
}

/** Epochs of a run in order; a loss that was not finite is NaN. */
export function getEpochs(db: Db, id: string): EpochRecord[] {
  const found = rows<Record<keyof EpochMetrics, number | null> & { batchLosses: Buffer }>(
    db,
    `SELECT epoch, duration_ms AS durationMs, loss, accuracy, val_loss AS valLoss, val_accuracy AS valAccuracy,
       batch_losses AS batchLosses FROM epochs WHERE run_number = :number ORDER BY epoch`,
    { number: runNumber(db, id) },
  );
  return found.map(({ batchLosses, ...stored }) => ({
    epoch: stored.epoch ?? NaN,
    durationMs: stored.durationMs ?? NaN,
    loss: stored.loss ?? NaN,
    accuracy: stored.accuracy ?? NaN,
    valLoss: stored.valLoss ?? NaN,
    valAccuracy: stored.valAccuracy ?? NaN,
    batchLosses: Array.from(new Float32Array(new Uint8Array(batchLosses).buffer)),
  }));
}
