import type { VerifyExportJob, VerifyExportResult } from '../../shared/jobs/export.ts';
import { PicturePool } from '../pictures/pool.ts';
import type { JobContext } from '../training/job-context.ts';
import { batches } from '../training/order.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { reload } from '../export/verify/reload.ts';

const BATCH = 20;

/**
 * Loads an export from its files and predicts pictures with it, preprocessed as in training.
 *
 * @throws TwofoldError `corrupt` if the files can't be loaded, `cancelled`
 */
export async function runVerifyExportJob(
  { format, dir, size, resize, bits16, files }: VerifyExportJob,
  { control, emit }: JobContext,
): Promise<VerifyExportResult> {
  const model = await reload(format, dir, size);
  const pool = new PicturePool();
  try {
    const meter = stageProgress('checking', files.length, emit);
    const probabilities: (number | null)[] = [];
    for (const group of batches(files, BATCH)) {
      const pictures = group.map((path) => ({ path, sha256: null }));
      const { pixels, failures } = await pool.prepareBatch(
        pictures,
        { size, resize, bits16 },
        control.signal,
      );
      const failed = new Set(failures.map(({ position }) => position));
      const answers = await model.predict(pixels, group.length);
      probabilities.push(...group.map((_, index) => (failed.has(index) ? null : answers[index]!)));
      meter.update(probabilities.length);
      await control.turn();
    }
    return { kind: 'verify-export', runtime: model.runtime, probabilities };
  } finally {
    await model.close();
    await pool.close();
  }
}
