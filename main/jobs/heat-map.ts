import type { HeatMap } from '../../shared/heat-map.ts';
import type { HeatMapJob, HeatMapResult } from '../../shared/jobs/heat-map.ts';
import { tensorflowVersion } from '../model/tensorflow.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { batches } from '../training/order.ts';
import type { FeatureBatch, SourcePicture } from '../training/feature-source.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { openTrainedModel, type TrainedModel } from '../training/trained-model.ts';

/** Pictures per batch, for all of which the kernel (150 MB in the tutorial) is read once. */
const BATCH = 20;

/** Computes the contribution of each cell of pictures to the logit. Pictures that can't be read are reported. */
export async function runHeatMapJob(job: HeatMapJob, { control, emit }: JobContext): Promise<HeatMapResult> {
  const leftOut = new LeftOutList(emit);
  const model = await openTrainedModel(job, job.cacheDir, control.signal, leftOut.add);
  try {
    const meter = stageProgress('explaining', job.pictures.length, emit);
    const maps: HeatMapResult['maps'] = [];
    for await (const batch of model.source.batches(batches(job.pictures, BATCH), {
      cached: job.cacheDir !== null,
    })) {
      mapsOf(model, batch).forEach((map, index) => maps.push({ path: batch.pictures[index]!.path, ...map }));
      meter.update(maps.length + leftOut.pictures.length);
      await control.turn();
    }
    const { classes, threshold } = model.run;
    return {
      kind: 'heat-map',
      classes,
      threshold,
      tensorflow: tensorflowVersion(),
      maps,
      leftOut: leftOut.pictures,
    };
  } finally {
    await model.close();
  }
}

/** The heat map of each picture of a batch. */
export function mapsOf(
  { head, source }: Pick<TrainedModel, 'head' | 'source'>,
  { pictures, features }: FeatureBatch<SourcePicture>,
): HeatMap[] {
  const [rows, columns] = source.extractor.shape as [number, number, number];
  const count = rows * columns;
  const centres = [...source.extractor.cellCentres];
  const { logits, cells, biases } = head.attribute(features, pictures.length, count);
  const method = head.layers.length > 2 ? 'gradient × input' : 'exact';
  return pictures.map((_, index) => ({
    logit: logits[index]!,
    bias: biases[index]!,
    method,
    rows,
    columns,
    centres,
    cells: [...cells.subarray(index * count, (index + 1) * count)],
  }));
}
