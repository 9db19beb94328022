import type { IndexJob, IndexResult } from '../../shared/jobs/index-pictures.ts';
import { INDEX_CUT, INDEX_SIZE, indexStore } from '../insight/index-store.ts';
import { tf, type Tensor, type Tensor2D } from '../model/tensorflow.ts';
import { FeatureSource } from '../training/feature-source.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { batches } from '../training/order.ts';
import { stageProgress } from '../training/stage-progress.ts';

const BATCH = 20;

/** Computes the vectors of pictures and stores them batch by batch, so that a killed job loses at most one batch. */
export async function runIndexJob(job: IndexJob, { control, emit }: JobContext): Promise<IndexResult> {
  const { cacheDir, model, pictures } = job;
  const leftOut = new LeftOutList(emit);
  const base = {
    weights: model.weights,
    cut: INDEX_CUT,
    size: INDEX_SIZE,
    resize: model.resize,
    bits16: model.bits16,
  };
  const source = await FeatureSource.open(base, cacheDir, control.signal, leftOut.add);
  try {
    const writer = await indexStore(cacheDir, model).writer();
    try {
      const meter = stageProgress('indexing', pictures.length, emit);
      let added = 0;
      const groups = batches(pictures, BATCH);
      for await (const { pictures: kept, features } of source.batches(groups, { cached: false })) {
        const hashes = kept.map(({ sha256 }) => sha256);
        await writer.append(hashes, vectorsOf(features, kept.length, source.extractor.shape));
        added += kept.length;
        meter.update(added + leftOut.pictures.length);
        await control.turn();
      }
      meter.update(pictures.length);
      return { kind: 'index', added, leftOut: leftOut.pictures };
    } finally {
      await writer.close();
    }
  } finally {
    await source.close();
  }
}

/**
 * The square root of each channel's mean over the picture. The root reduces the weight of channels that are rarely but
 * strongly active; activations after ReLU are never negative.
 *
 * @returns [count, channels] float32
 */
export function vectorsOf(
  features: Tensor | Float32Array,
  count: number,
  [height, width, channels]: readonly number[],
): Float32Array {
  return tf.tidy(() => {
    const tensor = features instanceof Float32Array ? tf.tensor(features) : features;
    const cells = tensor.reshape([count, height! * width!, channels!]);
    return (cells.mean(1).sqrt() as Tensor2D).dataSync<'float32'>();
  });
}
