import type { ImportWeightsJob, ImportWeightsResult } from '../../shared/jobs/import-weights.ts';
import { isOfficialFile } from '../model/weights/official.ts';
import { importWeights, storeOfficial } from '../model/weights/store.ts';
import type { JobContext } from '../training/job-context.ts';
import { stageProgress } from '../training/stage-progress.ts';

/**
 * Imports weights into the store; the official file under its own name. Progress is in bytes.
 *
 * @throws TwofoldError as `importWeights`
 */
export async function runImportWeightsJob(
  { file, name }: ImportWeightsJob,
  { control, emit }: JobContext,
): Promise<ImportWeightsResult> {
  let meter: ReturnType<typeof stageProgress> | undefined;
  const options = {
    signal: control.signal,
    onProgress: (doneBytes: number, totalBytes: number) => {
      meter ??= stageProgress('writing', totalBytes, emit);
      meter.update(doneBytes);
    },
  };
  const isOfficial = await isOfficialFile(file, control.signal);
  const info = isOfficial ? await storeOfficial(file, options) : await importWeights(file, name, options);
  return { kind: 'import-weights', name: info.name, title: info.title };
}
