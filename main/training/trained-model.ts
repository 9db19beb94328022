import { Head } from '../model/head/head.ts';
import { loadSameWeights } from '../model/weights/store.ts';
import type { Failure } from '../../shared/errors.ts';
import type { RunView } from '../../shared/jobs/run-view.ts';
import { logitFactor } from '../model/head/last-layer.ts';
import { FeatureSource, type SourcePicture } from './feature-source.ts';
import { asShown, RunFolder, type RunFile } from './run-folder.ts';

/** A saved run, ready to predict. */
export interface TrainedModel {
  run: RunFile;
  source: FeatureSource;
  head: Head;
  close(): Promise<void>;
}

/**
 * Loads a run from its folder alone.
 *
 * @param view the project's class order and the run's temperature; default: those in the run's folder
 * @param cacheDir of the project, for features; null caches nothing
 * @throws TwofoldError `not-found` (the model or its InceptionV3 weights are missing), `corrupt`
 */
export async function openTrainedModel(
  { runDir, ...view }: RunView & { runDir: string },
  cacheDir: string | null,
  signal: AbortSignal,
  onLeftOut: (picture: SourcePicture, failure: Failure) => void,
): Promise<TrainedModel> {
  const folder = new RunFolder(runDir);
  const run = asShown(await folder.read(), view);
  const { name: weights } = await loadSameWeights(run.weights);
  const source = await FeatureSource.open({ ...run.recipe, weights }, cacheDir, signal, onLeftOut);
  const { units, dropout, learningRate, seed } = run.recipe;
  const head = await Head.create({ features: source.extractor.features, units, dropout, learningRate, seed });
  const close = async (): Promise<void> => {
    head.dispose();
    await source.close();
  };
  try {
    await head.readWeights(folder.headPath);
    head.scale(logitFactor(run));
    return { run, source, head, close };
  } catch (error) {
    await close();
    throw error;
  }
}
