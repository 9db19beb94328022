import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportCheck } from '../../shared/contract/export.ts';
import type { TestEvaluation } from '../../shared/library.ts';
import type { ModelFormat } from '../../shared/jobs.ts';
import { inceptionV3 } from '../model/architecture/inception-v3.ts';
import { withHead } from '../model/architecture/with-head.ts';
import { licenceOf } from '../model/weights/known.ts';
import { loadSameWeights } from '../model/weights/store.ts';
import type { RunFile } from '../training/run-folder.ts';
import { baseCard, listFiles, writeCard, type ModelCard } from './card.ts';
import { compare, requireSame, TOLERANCE, type CheckPicture } from './compare.ts';
import { ONNX_OPSET } from './formats.ts';
import type { Bits } from './quantize.ts';
import { modelReadme } from './readme.ts';
import { runJob, type ExportControls } from './run-job.ts';
import { writeSamples } from './samples/write.ts';

/** A trained run and what the app says of some pictures. */
export interface RunToExport {
  runDir: string;
  run: RunFile;
  /** Its name in the project. */
  runId: string | null;
  threshold: number;
  /** Its evaluation on the test set; null where there was none. */
  test: TestEvaluation | null;
  pictures: readonly CheckPicture[];
  /** The app's probabilities for `pictures`; null where one could not be read. */
  answers: readonly (number | null)[];
}

/**
 * What the app says of pictures: asked of the predict job, which is what Try and the command line use.
 *
 * @throws TwofoldError as the job does
 */
export async function askApp(
  runDir: string,
  pictures: readonly CheckPicture[],
  controls: ExportControls,
): Promise<(number | null)[]> {
  const files = pictures.map(({ path }) => path);
  const { predictions } = await runJob({ kind: 'predict', runDir, files }, controls);
  return predictions.map(({ probability }) => probability);
}

/**
 * Writes a run in one format into a folder that is there, with samples and model card, and checks it: loaded in a fresh
 * process, it must give the app's answers.
 *
 * @throws TwofoldError `corrupt` when it does not
 */
export async function exportModel(
  source: RunToExport,
  { format, bits, folder }: { format: ModelFormat; bits: Bits; folder: string },
  controls: ExportControls,
): Promise<{ check: ExportCheck }> {
  const { run, runDir, pictures } = source;
  await runJob({ kind: 'write-export', runDir, format, bits, dir: folder }, controls);
  const { size, resize } = run.recipe;
  const files = pictures.map(({ path }) => path);
  const { runtime, probabilities } = await runJob(
    { kind: 'verify-export', format, dir: folder, size, resize, files },
    controls,
  );
  const check = compare(pictures, source.answers, probabilities, {
    runtime,
    threshold: source.threshold,
    tolerance: bits === 32 ? TOLERANCE : null,
  });
  requireSame(check);
  await writeSamples(format, folder);
  const card = await modelCard(source, { format, bits, folder, check });
  await writeFile(join(folder, 'README.md'), modelReadme(card));
  await writeCard(folder, card);
  return { check };
}

async function modelCard(
  { run, runId, threshold, test }: RunToExport,
  { format, bits, folder, check }: { format: ModelFormat; bits: Bits; folder: string; check: ExportCheck },
): Promise<ModelCard> {
  const { recipe, classes } = run;
  const weights = await loadSameWeights(run.weights);
  const { input, output } = withHead(inceptionV3(recipe), recipe);
  const names = format === 'tfjs' || format === 'keras' ? [input, output] : ['pictures', 'probability'];
  return {
    ...baseCard(format, classes),
    export: format,
    input: {
      name: names[0]!,
      shape: [null, recipe.size, recipe.size, 3],
      dtype: 'float32',
      range: [0, 1],
      colour: 'RGB',
      scaling: 'pixel / 255',
      size: recipe.size,
      resize: recipe.resize,
    },
    output: { name: names[1]!, shape: [null, 1], meaning: `probability of ${classes[1]}` },
    threshold,
    metrics: run.evaluation,
    test,
    data: run.counts,
    training: {
      run: runId,
      trainedAt: run.createdAt,
      bestEpoch: run.bestEpoch,
      epochs: run.history.length,
      recipe,
    },
    weights: {
      name: weights.name,
      title: weights.title,
      fingerprint: weights.fingerprint,
      licence: licenceOf(weights.name),
    },
    bits,
    check,
    versions: { ...versionsOf(format), Node: process.versions.node },
    files: await listFiles(folder),
  };
}

/** Versions of what the format is made for. */
function versionsOf(format: ModelFormat): Record<string, string> {
  switch (format) {
    case 'tfjs':
      return { 'TensorFlow.js': '4.22' };
    case 'keras':
      return { 'Keras format': '2.15' };
    case 'savedmodel':
      return { 'SavedModel schema': '1' };
    case 'onnx':
      return { 'ONNX opset': String(ONNX_OPSET) };
  }
}
