import type { HeatMap, HeatMapJob, HeatMapResult } from '../../shared/jobs/heat-map.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { batches } from '../training/order.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { openTrainedModel } from '../training/trained-model.ts';

/** Pictures per batch, for all of which the kernel (150 MB in the tutorial) is read once. */
const BATCH = 20;

/** Computes the contribution of each cell of pictures to the logit. Pictures that can't be read are reported. */
export async function runHeatMapJob(job: HeatMapJob, { control, emit }: JobContext): Promise<HeatMapResult> {
  const leftOut = new LeftOutList(emit);
  const model = await openTrainedModel(job, job.cacheDir, control.signal, leftOut.add);
  try {
    const [rows, columns] = model.source.extractor.shape as [number, number, number];
    const cells = rows * columns;
    const meter = stageProgress('explaining', job.pictures.length, emit);
    const maps: HeatMap[] = [];
    for await (const { pictures, features } of model.source.batches(batches(job.pictures, BATCH), {
      cached: job.cacheDir !== null,
    })) {
      const logits = model.head.logits(features, pictures.length);
      const values = model.head.attribute(features, pictures.length, cells);
      pictures.forEach(({ path }, index) =>
        maps.push({
          path,
          logit: logits[index]!,
          cells: [...values.subarray(index * cells, (index + 1) * cells)],
        }),
      );
      meter.update(maps.length + leftOut.pictures.length);
      await control.turn();
    }
    const { classes, threshold } = model.run;
    return { kind: 'heat-map', classes, threshold, rows, columns, maps, leftOut: leftOut.pictures };
  } finally {
    await model.close();
  }
}
