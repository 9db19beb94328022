import type { WriteExportJob, WriteExportResult } from '../../shared/jobs/export.ts';
import type { JobContext } from '../training/job-context.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { writeKeras } from '../export/keras/keras.ts';
import { openExportModel } from '../export/model.ts';
import { writeOnnx } from '../export/onnx/onnx.ts';
import { writeSavedModel } from '../export/savedmodel/savedmodel.ts';
import { writeTfjs } from '../export/tfjs/tfjs.ts';
import { VERSION } from '../support/version.ts';

/**
 * Writes the model of a run in one format to `dir`; the caller removes it on failure.
 *
 * @throws TwofoldError `not-found`, `corrupt`, `unsupported` (too large for the format), `cancelled`; the file system's
 * error if the disk is full
 */
export async function runWriteExportJob(
  job: WriteExportJob,
  { control, emit }: JobContext,
): Promise<WriteExportResult> {
  const { format, bits, dir } = job;
  const model = await openExportModel(job);
  try {
    const meter = stageProgress('writing', model.weights.length, emit);
    let done = 0;
    const between = async (): Promise<void> => {
      meter.update(Math.min(done++, model.weights.length));
      await control.turn();
    };
    switch (format) {
      case 'tfjs':
        await writeTfjs(model, dir, bits, between);
        break;
      case 'keras':
        await writeKeras(model, dir, between);
        break;
      case 'savedmodel':
        await writeSavedModel(model, dir, between);
        break;
      case 'onnx':
        await writeOnnx(model, dir, { twofold: VERSION }, between);
        break;
    }
    meter.update(model.weights.length);
    return { kind: 'write-export' };
  } finally {
    await model.close();
  }
}
