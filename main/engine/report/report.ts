import { basename } from 'node:path';
import type { RunRecord } from '../../../shared/library/runs.ts';
import { classAt, probabilityOf, wrongness } from '../../../shared/metrics.ts';
import type { TrainingSide } from '../../../shared/split.ts';
import { writeAtomically } from '../../files/atomic-file.ts';
import { reliability } from '../../insight/calibration.ts';
import { cacheDir, type Project } from '../../library/folder.ts';
import { getPictures } from '../../library/pictures/pictures.ts';
import { labelledOfRun } from '../../library/runs/predictions.ts';
import { getEpochs } from '../../library/runs/runs.ts';
import type { Db } from '../../library/database/sql.ts';
import { getSettings } from '../../library/settings.ts';
import { BlobCache } from '../../pictures/cache.ts';
import type { JobOptions } from '../../training/supervisor.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import { THUMBNAIL_SIDE, thumbnailKey } from '../../pictures/thumbnail-key.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import { VERSION } from '../../support/version.ts';
import {
  evaluateScored,
  knownIntervals,
  knownScores,
  setAccuracies,
  type KnownScore,
} from '../known-evaluation.ts';
import { modelView } from '../model-view.ts';
import { trainingReport } from '../../../shared/overfitting-gap.ts';
import { showHeatMaps } from './heat-maps.ts';
import { reportPage, type SetFigures, type WrongPicture } from './page.ts';
import { thumbnailsIn } from '../../pictures/cache-folders.ts';

/** Maximum number of misclassified pictures in the report; each takes about 10 KB. */
const MOST_WRONG = 24;

export interface WrittenReport {
  /** Number of pictures of the validation set, and of those misclassified. */
  pictures: number;
  wrong: number;
  sizeBytes: number;
}

/**
 * Writes a report of a run as one self-contained HTML file: metrics with intervals, curves, confusion matrices, the most
 * wrong pictures with their heat maps, recipe, data and versions. Uses stored predictions and the current labels.
 *
 * @param options `out`: file to write or replace; `pool` makes thumbnails; `spawn` starts the process that computes heat maps
 * @throws TwofoldError `cancelled`; the file system's error
 */
export async function writeReport(
  project: Project,
  run: RunRecord,
  { out, pool, ...job }: { out: string; pool: PicturePool } & JobOptions,
): Promise<WrittenReport> {
  const { db, name } = project;
  const { signal } = job;
  const { threshold } = modelView(db);
  const scored = knownScores(db, run.id);
  const wrong = scored
    .filter(({ probability, label }) => classAt(probability, threshold) !== label)
    .sort((a, b) => wrongness(b, threshold) - wrongness(a, threshold));
  const illustrated = await illustrate(project, wrong.slice(0, MOST_WRONG), { pool, signal });
  const heat = await showHeatMaps(project, run, illustrated, job);
  const page = reportPage({
    project: name,
    run,
    threshold,
    epochs: getEpochs(db, run.id),
    accuracies: setAccuracies(db, run.id, threshold),
    reported: trainingReport(run, getEpochs(db, run.id)),
    counts: countSides(db, run.id),
    sets: await figuresOf(db, run, scored, threshold),
    scored,
    bins: reliability(scored),
    wrong: illustrated.map((one, index) => ({ ...one, heat: heat.maps[index] ?? null })),
    heat,
    wrongInAll: wrong.length,
    versions: {
      Twofold: VERSION,
      ...(heat.tensorflow !== null && { TensorFlow: heat.tensorflow }),
      'Weights of InceptionV3': `${run.recipe?.weights ?? 'unknown'} (SHA-256 ${run.weightsFingerprint ?? 'unknown'})`,
      Node: process.versions.node,
    },
  });
  throwIfCancelled(signal);
  await writeAtomically(out, (file) => file.writeFile(page));
  return { pictures: scored.length, wrong: wrong.length, sizeBytes: Buffer.byteLength(page) };
}

async function figuresOf(
  db: Db,
  run: RunRecord,
  scored: readonly KnownScore[],
  threshold: number,
): Promise<SetFigures[]> {
  const sets: SetFigures[] = [];
  if (scored.length > 0) {
    const intervals = await knownIntervals(db, run.id, 'validation', threshold);
    sets.push({ on: 'validation', evaluation: evaluateScored(scored, threshold), intervals });
  }
  if (run.test) {
    const { evaluation, isCurrent } = run.test;
    const intervals = isCurrent ? await knownIntervals(db, run.id, 'test', evaluation.threshold) : null;
    sets.push({ on: 'test', evaluation, intervals });
  }
  return sets;
}

/** Counts pictures of both classes by the current labels. */
function countSides(db: Db, runId: string): Record<TrainingSide, [number, number]> {
  const count = (side: TrainingSide): [number, number] => {
    const labels = labelledOfRun(db, runId, side).map(({ label }) => label);
    const ones = labels.filter((label) => label === 1).length;
    return [labels.length - ones, ones];
  };
  return { train: count('train'), validation: count('validation') };
}

async function illustrate(
  project: Project,
  wrong: readonly KnownScore[],
  { pool, signal }: { pool: PicturePool; signal: AbortSignal | undefined },
): Promise<(Omit<WrongPicture, 'heat'> & { path: string; sha256: string })[]> {
  const { bits16 } = getSettings(project.db).recipe;
  const dir = thumbnailsIn(cacheDir(project));
  const pictures = new Map(
    getPictures(
      project.db,
      wrong.map(({ id }) => id),
    ).map((one) => [one.id, one]),
  );
  const shown: Awaited<ReturnType<typeof illustrate>> = [];
  for (const { id, label, probability } of wrong) {
    throwIfCancelled(signal);
    const { path, sha256 } = pictures.get(id)!;
    const predicted = label === 0 ? 1 : 0;
    const key = thumbnailKey(sha256, THUMBNAIL_SIDE, bits16);
    const read = (): Uint8Array | null => new BlobCache(dir).get(key) ?? null;
    let thumbnail = read();
    if (!thumbnail) {
      const options = { thumbnailDir: dir, thumbnailSide: THUMBNAIL_SIDE, bits16 };
      // A missing or damaged picture is listed without a thumbnail.
      await pool.inspect(path, options).catch(() => null);
      thumbnail = read();
    }
    const share = probabilityOf(predicted, probability);
    shown.push({ path, sha256, name: basename(path), label, predicted, probability: share, thumbnail });
  }
  return shown;
}
