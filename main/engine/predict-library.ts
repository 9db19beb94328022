import type { ScoredContent } from '../../shared/jobs/score.ts';
import type { LeftOut } from '../../shared/jobs/left-out.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { ProgressMeter, type Progress } from '../../shared/progress.ts';
import { throwIfCancelled } from '../support/cancelled.ts';
import { cacheDir, runDir, type Project } from '../library/folder.ts';
import { listUnpredicted, runCoverage } from '../library/runs/coverage.ts';
import { saveRunPictures } from '../library/runs/predictions.ts';
import { getRun } from '../library/runs/runs.ts';
import { runJob, type JobOptions } from '../training/supervisor.ts';
import { runView } from './model-view.ts';

/** Pictures per job: sending more would block this process for longer than a frame. */
const AT_ONCE = 5000;

export interface PredictLibraryOptions extends Omit<JobOptions, 'onEvent'> {
  /** Reads on another thread; default: on the calling thread. */
  reads?: {
    coverage: () => Promise<{ predicted: number; total: number }>;
    unpredicted: (most: number, except: readonly number[]) => Promise<ScoredContent[]>;
  };
  /** Ids of pictures that could not be read before; those of this call are added. */
  unreadable?: Set<number>;
  /** Receives the number of predicted pictures after each batch is stored. */
  onProgress?: (progress: Progress) => void;
  onLeftOut?: (leftOut: LeftOut) => void;
}

/**
 * Predicts every picture outside the test set that a run has not predicted yet, and stores each batch immediately, so
 * that the next call resumes a cancelled or killed one.
 *
 * @returns the number of predicted pictures
 * @throws TwofoldError `cancelled`, also if the run is resumed or calibrated meanwhile; `crashed`
 */
export async function predictLibrary(
  project: Project,
  run: RunRecord,
  options: PredictLibraryOptions,
): Promise<number> {
  const { db } = project;
  const { unreadable = new Set<number>(), onProgress, onLeftOut, signal, killSignal, spawn } = options;
  const reads = options.reads ?? {
    coverage: async () => Promise.resolve(runCoverage(db, run.id)),
    unpredicted: async (most: number, except: readonly number[]) =>
      Promise.resolve(listUnpredicted(db, run.id, most, except)),
  };
  const { predicted: before, total } = await reads.coverage();
  const meter = new ProgressMeter(total, (progress) => onProgress?.(progress));
  meter.restart(before);
  let stored = 0;
  for (let known = -1; known < stored + unreadable.size;) {
    known = stored + unreadable.size;
    const pictures = await reads.unpredicted(AT_ONCE, [...unreadable]);
    throwIfCancelled(signal);
    throwIfCancelled(killSignal);
    if (pictures.length === 0) break;
    meter.update(before + stored);
    const view = runView(db, run);
    const outdated = new AbortController();
    let storing = Promise.resolve();
    const store = async (scores: readonly { id: number; probability: number }[]): Promise<void> => {
      if (outdated.signal.aborted || !db.open) return;
      const now = getRun(db, run.id);
      if (now.status === 'running' || now.temperature !== run.temperature) {
        outdated.abort();
        return;
      }
      await saveRunPictures(db, run.id, scores, view.swapped);
      stored += scores.length;
      meter.update(before + stored);
    };
    const byPath = new Map(pictures.map(({ id, path }) => [path, id]));
    const job = runJob(
      { kind: 'score', runDir: runDir(project, run.id), ...view, cacheDir: cacheDir(project), pictures },
      {
        spawn,
        signal,
        killSignal: killSignal ? AbortSignal.any([killSignal, outdated.signal]) : outdated.signal,
        onEvent: (event) => {
          if (event.type === 'scored') {
            storing = storing.then(() => store(event.scores));
            storing.catch(() => outdated.abort());
          } else if (event.type === 'left-out') {
            const id = byPath.get(event.leftOut.path);
            if (id !== undefined) unreadable.add(id);
            onLeftOut?.(event.leftOut);
          }
        },
      },
    );
    try {
      await job;
    } finally {
      await storing;
    }
  }
  return stored;
}
